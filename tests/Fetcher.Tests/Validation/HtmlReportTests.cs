using System.Text.RegularExpressions;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation;

/// <summary>The report as a page: it reads well, loads nothing, and a name in a model cannot change it.</summary>
public sealed partial class HtmlReportTests : IDisposable
{
    private readonly ModelFolder _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_refused_model_leads_with_the_verdict_and_names_file_reason_and_next_step()
    {
        Write("model.bin", "cos\nsystem\n(S'id'\ntR.");

        var page = Page("acme/model");

        page.Should().StartWith("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        page.Should().Contain("<title>refused: acme/model</title>");
        page.Should().Contain("<strong>refused</strong>: do not load it");
        page.Should().Contain("<code>model.bin</code>").And.Contain("<dt>why</dt>").And.Contain("<dt>do</dt>");
        page.IndexOf("refused", StringComparison.Ordinal)
            .Should()
            .BeLessThan(page.IndexOf("<h2>Validators", StringComparison.Ordinal));
        page.Should().Be(Page("acme/model"), "the same model gives the same page");
    }

    [Fact]
    public void An_accepted_model_says_so()
    {
        Write("config.json", "{}");

        Page("m").Should().Contain("<strong>accepted</strong>").And.Contain("1 file, 2 bytes");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>.bin")]
    [InlineData("\"><img src=x onerror=alert(1)>.bin")]
    [InlineData("a\u202egnp.bin")]
    [InlineData("</code></style><svg onload=alert(1)>.bin")]
    public void No_name_in_a_model_becomes_markup(string name)
    {
        Write(name.Replace("/", "", StringComparison.Ordinal), "cos\nsystem\n(S'<b onclick=x>'\ntR.");

        var page = Page(name);

        Tag()
            .Matches(page)
            .Select(tag => tag.Groups[1].Value)
            .Distinct()
            .Should()
            .BeSubsetOf([
                "html",
                "meta",
                "title",
                "style",
                "h1",
                "h2",
                "code",
                "div",
                "strong",
                "p",
                "span",
                "dl",
                "dt",
                "dd",
                "table",
                "tr",
                "th",
                "td",
                "details",
                "summary",
                "pre",
            ]);
        Regex.Matches(page, @"<[a-z]+ [^>]*\s(on[a-z]+|src|href)\s*=").Should().BeEmpty();
        page.Should().NotContain("\u202e");
    }

    [Fact]
    public void The_page_loads_nothing_and_is_for_light_and_dark()
    {
        Write("config.json", "{}");

        var page = Page("m");

        page.Should().Contain("default-src 'none'").And.Contain("prefers-color-scheme: dark");
        page.Should().NotContain("http:").And.NotContain("https:").And.NotContain("url(").And.NotContain("@import");
    }

    private string Page(string model) => HtmlReport.Of(_model.Validate(), model);

    private void Write(string name, string text) => _model.With(name, text);

    [GeneratedRegex("<([a-z0-9]+)")]
    private static partial Regex Tag();
}
