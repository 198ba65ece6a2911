using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public class ProxyTests
{
    [Theory]
    [InlineData("http_proxy", "http://127.0.0.1:{0}")]
    [InlineData("http_proxy", "127.0.0.1:{0}")]
    [InlineData("HTTP_PROXY", "http://127.0.0.1:{0}/")]
    [InlineData("all_proxy", "HTTP://127.0.0.1:{0}")]
    [InlineData("ALL_PROXY", "127.0.0.1:{0}")]
    public async Task An_http_proxy_is_used_in_every_form(string variable, string form)
    {
        await using var server = new ScriptedServer(_ => Answer(200, "[]"));
        await using var proxy = new TinyProxy();

        await ListAsync($"http://hub.example:{server.Port}", (variable, Form(form, proxy)));

        proxy.Passed.Single().Should().StartWith($"GET http://hub.example:{server.Port}/api/models/");
    }

    [Theory]
    [InlineData("http_proxy", "http://me:p%40ss@127.0.0.1:{0}", "me:p@ss")]
    [InlineData("http_proxy", "http://me:p@ss@127.0.0.1:{0}", "me:p@ss")]
    [InlineData("http_proxy", "me:pass@127.0.0.1:{0}", "me:pass")]
    public async Task A_proxy_receives_its_user_name_and_password(string variable, string form, string password)
    {
        await using var server = new ScriptedServer(_ => Answer(200, "[]"));
        await using var proxy = new TinyProxy(password);

        await ListAsync($"http://hub.example:{server.Port}", (variable, Form(form, proxy)));

        proxy.Passed.Should().ContainSingle();
        server
            .Requests.Single()
            .Header("Proxy-Authorization")
            .Should()
            .NotBeNull("the tiny proxy hands on all headers");
    }

    [Theory]
    [InlineData("socks5://127.0.0.1:{0}", null)]
    [InlineData("socks5h://127.0.0.1:{0}", null)]
    [InlineData("socks5h://me:pass@127.0.0.1:{0}", "me:pass")]
    public async Task A_socks_proxy_resolves_the_name(string form, string? password)
    {
        await using var server = new ScriptedServer(_ => Answer(200, "[]"));
        await using var proxy = new TinyProxy(password);

        await ListAsync($"http://hub.example:{server.Port}", ("all_proxy", Form(form, proxy)));

        proxy.Passed.Single().Should().Be($"SOCKS hub.example:{server.Port}");
    }

    [Theory]
    [InlineData("https_proxy", "http://127.0.0.1:{0}", null)]
    [InlineData("HTTPS_PROXY", "127.0.0.1:{0}", null)]
    [InlineData("https_proxy", "http://me:pass@127.0.0.1:{0}", "me:pass")]
    public async Task Https_goes_through_a_tunnel_and_the_proxy_sees_no_token(
        string variable,
        string form,
        string? password
    )
    {
        using var certificate = OwnCertificate.Make(out var authority);
        var bundle = Path.GetTempFileName();
        await File.WriteAllTextAsync(bundle, authority, TestContext.Current.CancellationToken);
        await using var server = new ScriptedServer(_ => Answer(200, "[]"), certificate);
        await using var proxy = new TinyProxy(password);
        using var client = Clients.Open(
            server.Url,
            "hf_secret",
            Clients.Options((variable, Form(form, proxy)), ("SSL_CERT_FILE", bundle))
        );

        await client.ListFilesAsync(Clients.Tiny, Clients.Commit, TestContext.Current.CancellationToken);

        proxy.Passed.Single().Should().Be($"CONNECT 127.0.0.1:{server.Port}");
        server.Requests.Single().Header("Authorization").Should().Be("Bearer hf_secret");
        File.Delete(bundle);
    }

    [Fact]
    public async Task A_wrong_proxy_password_is_reported_but_not_shown()
    {
        await using var server = new ScriptedServer(_ => Answer(200, "[]"));
        await using var proxy = new TinyProxy("me:right");

        var plain = await FailingAsync(
            $"http://hub.example:{server.Port}",
            ("http_proxy", $"http://me:wr0ng@127.0.0.1:{proxy.Port}")
        );
        var tunnel = await FailingAsync(
            $"https://hub.example:{server.Port}",
            ("https_proxy", $"http://me:wr0ng@127.0.0.1:{proxy.Port}")
        );
        var socks = await FailingAsync(
            $"http://hub.example:{server.Port}",
            ("http_proxy", $"socks5://me:wr0ng@127.0.0.1:{proxy.Port}")
        );

        foreach (var failure in (HubFailure[])[plain, tunnel, socks])
        {
            failure.Kind.Should().Be(HubFailureKind.Proxy);
            failure.ToString().Should().NotContain("wr0ng");
            failure.Next.Should().Contain("http_proxy");
        }
    }

    [Fact]
    public async Task An_unreachable_proxy_is_named()
    {
        int port;
        await using (var gone = new TinyProxy())
            port = gone.Port;

        var failure = await FailingAsync("http://hub.example", ("http_proxy", $"http://me:secret@127.0.0.1:{port}"));

        failure.Kind.Should().Be(HubFailureKind.Proxy);
        failure.Message.Should().Contain($"127.0.0.1:{port}").And.NotContain("secret");
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("ftp://proxy:21")]
    [InlineData("http://me:secret@")]
    [InlineData("http://proxy:notaport")]
    public void An_invalid_proxy_is_rejected_without_showing_its_password(string value)
    {
        var failure = FluentActions
            .Invoking(() => new EnvironmentProxy(Clients.Variables(("http_proxy", value))))
            .Should()
            .Throw<Failure>()
            .Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().Contain("http_proxy").And.NotContain("secret");
    }

    [Theory]
    [InlineData("http://proxy.example", "http://proxy.example:1080/")]
    [InlineData("http://proxy.example:80", "http://proxy.example/")]
    [InlineData("https://proxy.example", "https://proxy.example/")]
    [InlineData("socks5h://proxy.example", "socks5://proxy.example:1080/")]
    [InlineData("proxy.example:8080", "http://proxy.example:8080/")]
    [InlineData("http://[::1]:3128", "http://[::1]:3128/")]
    public void A_proxy_without_a_port_uses_the_default_of_curl(string value, string expected)
    {
        new EnvironmentProxy(Clients.Variables(("http_proxy", value)))
            .GetProxy(new Uri("http://hub.example"))!
            .ToString()
            .Should()
            .Be(expected);
    }

    [Fact]
    public void The_lower_case_variable_wins_and_an_empty_one_counts_as_unset()
    {
        Proxy(("http_proxy", "http://a:1"), ("HTTP_PROXY", "http://b:2")).Should().Be("http://a:1/");
        Proxy(("http_proxy", ""), ("HTTP_PROXY", "http://b:2")).Should().Be("http://b:2/");
        Proxy(("https_proxy", "http://a:1")).Should().BeNull();
        Proxy(("all_proxy", "http://c:3"), ("http_proxy", "http://a:1")).Should().Be("http://a:1/");
        Proxy(("http_proxy", ""), ("HTTP_PROXY", ""), ("all_proxy", "")).Should().BeNull();

        static string? Proxy(params (string, string)[] variables) =>
            new EnvironmentProxy(Clients.Variables(variables)).GetProxy(new Uri("http://hub.example"))?.ToString();
    }

    [Theory]
    [InlineData("*", "http://hub.example", true)]
    [InlineData("", "http://hub.example", false)]
    [InlineData("hub.example", "http://hub.example", true)]
    [InlineData("HUB.example", "http://hub.EXAMPLE", true)]
    [InlineData("example", "http://hub.example", true)]
    [InlineData(".example", "http://hub.example", true)]
    [InlineData("*.example", "http://hub.example", true)]
    [InlineData("b.example", "http://hub.example", false)]
    [InlineData("other, hub.example", "http://hub.example", true)]
    [InlineData("other hub.example", "http://hub.example", true)]
    [InlineData("hub.example:80", "http://hub.example", true)]
    [InlineData("hub.example:8080", "http://hub.example", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:5", true)]
    [InlineData("127.0.0.0/8", "http://127.1.2.3", true)]
    [InlineData("127.0.0.5/8", "http://127.1.2.3", true)]
    [InlineData("10.0.0.0/8", "http://127.1.2.3", false)]
    [InlineData("10.0.0.0/8", "http://hub.example", false)]
    [InlineData("::1", "http://[::1]/", true)]
    [InlineData("[::1]:80", "http://[::1]/", true)]
    [InlineData("fd00::/8", "http://[fd12::1]/", true)]
    [InlineData("0.1", "http://127.0.0.1", false)]
    [InlineData("nonsense/99,*", "http://hub.example", true)]
    public void A_no_proxy_list_is_read_as_people_write_it(string list, string url, bool covered)
    {
        new NoProxy(list).Covers(new Uri(url)).Should().Be(covered);
    }

    [Fact]
    public async Task A_host_in_no_proxy_is_reached_directly()
    {
        await using var server = new ScriptedServer(_ => Answer(200, "[]"));
        await using var proxy = new TinyProxy();

        await ListAsync(server.Url, ("http_proxy", $"127.0.0.1:{proxy.Port}"), ("NO_PROXY", "127.0.0.0/8"));

        proxy.Passed.Should().BeEmpty();
    }

    private static string Form(string form, TinyProxy proxy) =>
        form.Replace("{0}", $"{proxy.Port}", StringComparison.Ordinal);

    private static async Task ListAsync(string endpoint, params (string, string)[] variables)
    {
        using var client = Clients.Open(endpoint, options: Clients.Options(variables));
        await client.ListFilesAsync(Clients.Tiny, Clients.Commit, TestContext.Current.CancellationToken);
    }

    private static async Task<HubFailure> FailingAsync(string endpoint, params (string, string)[] variables) =>
        (await FluentActions.Awaiting(() => ListAsync(endpoint, variables)).Should().ThrowAsync<HubFailure>()).Which;
}
