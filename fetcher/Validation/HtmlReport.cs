using System.Net;
using System.Text;
using NixAiModels.Terminal;

namespace NixAiModels.Validation;

/// <summary>A report as one page for a browser, which loads nothing and runs no script: to read, print or send
/// on.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root {
          color-scheme: light dark;
          --text: #1c2128; --muted: #57606a; --page: #ffffff; --card: #f6f8fa; --line: #d0d7de;
          --bad: #b3261e; --warn: #8a5300; --good: #1a7f37; --note: #0b5cad;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --text: #e6edf3; --muted: #9aa4af; --page: #0d1117; --card: #161b22; --line: #3d444d;
            --bad: #ff8a80; --warn: #e6b450; --good: #56d364; --note: #79b8ff;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--page);
          color: var(--text); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
        p { margin: .35rem 0; }
        code, pre { font: .875em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
        code { overflow-wrap: anywhere; }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto;
          padding: .75rem 1rem; }
        .muted, dt { color: var(--muted); }
        .verdict, .finding { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--kind);
          border-radius: 6px; padding: .75rem 1rem; }
        .verdict strong { color: var(--kind); font-size: 1.25rem; }
        .finding { margin: 0 0 .75rem; break-inside: avoid; }
        .finding p:first-child { font-weight: 600; overflow-wrap: anywhere; }
        .kind { color: var(--kind); font-weight: 600; }
        .bad { --kind: var(--bad); } .warn { --kind: var(--warn); }
        .good { --kind: var(--good); } .note { --kind: var(--note); }
        dl { display: grid; grid-template-columns: 3.5rem 1fr; gap: .15rem .5rem; margin: .5rem 0 0; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border-bottom: 1px solid var(--line); padding: .35rem .75rem .35rem 0; text-align: left;
          vertical-align: top; }
        td.size { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        summary { cursor: pointer; }
        """;

    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="model">What the model is called, for the title.</param>
    public static string Of(Report report, string model)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        // Whatever a name in the model says, nothing is loaded and nothing runs.
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
        page.Append("style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n");
        page.Append("<meta name=\"referrer\" content=\"no-referrer\">\n");
        page.Append($"<title>{Word(report.Verdict)}: {Text(model)}</title>\n<style>\n{Style}\n</style>\n");
        page.Append($"<h1>Validation of <code>{Text(model)}</code></h1>\n");
        Verdict(page, report);
        Findings(page, report);
        if (TextReport.Allow(report) is { } allow)
            page.Append($"<h2>If the authors are trusted</h2>\n<pre>{Text(allow)}</pre>\n");
        Validators(page, report);
        Files(page, report);
        page.Append("<p class=\"muted\">nix-ai-models ").Append(Text(Version));
        page.Append(": the same model and validators give the same page</p>\n</html>\n");
        return page.ToString();
    }

    private static string Version => typeof(HtmlReport).Assembly.GetName().Version?.ToString(3) ?? "";

    private static void Verdict(StringBuilder page, Report report)
    {
        var kind = report.Verdict switch
        {
            Validation.Verdict.Refused => "bad",
            Validation.Verdict.Warned => "warn",
            _ => "good",
        };
        var advice = report.Verdict switch
        {
            Validation.Verdict.Refused => "do not load it",
            Validation.Verdict.Warned => "it may be used; read the warnings first",
            _ => "nothing that was looked for was found",
        };
        page.Append($"<div class=\"verdict {kind}\"><strong>{Word(report.Verdict)}</strong>: {advice}");
        page.Append($"<p class=\"muted\">{Amounts.Count(report.Files.Count, "file")}, ");
        page.Append(Amounts.Size(report.Files.Sum(file => file.Size)));
        page.Append($", {Amounts.Count(report.Validators.Count, "validator")}</p></div>\n");
    }

    private static void Findings(StringBuilder page, Report report)
    {
        var findings = report
            .Validators.SelectMany(result => result.Findings.Select(finding => (Result: result, Finding: finding)))
            .OrderBy(each => Rank(each.Result, each.Finding))
            .ThenByDescending(each => each.Finding.Severity)
            .ToArray();
        page.Append($"<h2>Findings ({findings.Length})</h2>\n");
        if (findings.Length == 0)
            page.Append("<p class=\"muted\">none</p>\n");
        foreach (var (result, finding) in findings)
        {
            var kind = Rank(result, finding) switch
            {
                0 => "bad",
                1 => "warn",
                _ => "note",
            };
            page.Append($"<div class=\"finding {kind}\">\n<p><span class=\"kind\">");
            page.Append(Text(TextReport.Label(result, finding))).Append("</span> ");
            if (finding.File.Length > 0)
                page.Append($"<code>{Text(finding.File)}</code> ");
            page.Append(Text(finding.Message)).Append("</p>\n");
            page.Append($"<p class=\"muted\">{Text(finding.Validator)}, {Word(finding.Severity)}");
            page.Append(finding.Place is null ? "</p>\n" : $", at {Text(finding.Place)}</p>\n");
            page.Append($"<dl><dt>why</dt><dd>{Text(finding.Why)}</dd>");
            page.Append($"<dt>do</dt><dd>{Text(finding.Fix)}</dd></dl>\n</div>\n");
        }
    }

    private static void Validators(StringBuilder page, Report report)
    {
        page.Append("<h2>Validators</h2>\n<div class=\"table\"><table>\n");
        page.Append("<tr><th>validator<th>result<th>findings<th>on failure\n");
        foreach (var result in report.Validators)
        {
            var kind = result.Status switch
            {
                ValidatorStatus.Passed => "good",
                ValidatorStatus.Refused => "bad",
                _ => "warn",
            };
            page.Append($"<tr><td><code>{Text(result.Spec.Name)}</code>");
            page.Append($"<td class=\"{kind}\"><span class=\"kind\">{Word(result.Status)}</span>");
            page.Append($"<td>{result.Findings.Count}<td>{Word(result.Spec.OnFailure ?? OnFailure.Abort)}\n");
        }

        page.Append("</table></div>\n");
    }

    private static void Files(StringBuilder page, Report report)
    {
        page.Append($"<h2>Files</h2>\n<details><summary>{Amounts.Count(report.Files.Count, "file")}</summary>\n");
        page.Append("<div class=\"table\"><table>\n<tr><th>file<th>size<th>sha256\n");
        foreach (var file in report.Files)
        {
            page.Append($"<tr><td><code>{Text(file.Path)}</code>");
            page.Append($"<td class=\"size\">{Amounts.Size(file.Size)}");
            page.Append($"<td><code>{Text(file.Sha256 ?? "")}</code>\n");
        }

        page.Append("</table></div>\n</details>\n");
    }

    /// <summary>What stands first: refused, then warnings, then the rest.</summary>
    private static int Rank(ValidatorResult result, Finding finding) =>
        !result.Refuses(finding) ? 2
        : result.Status == ValidatorStatus.Refused ? 0
        : 1;

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Text of a model, which may be hostile: what is not shown as itself is escaped, and then what HTML
    /// gives a meaning to.</summary>
    private static string Text(string text) => WebUtility.HtmlEncode(Printable.Visible(text));
}
