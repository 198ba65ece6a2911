using System.Diagnostics;
using System.Net;
using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

/// <summary>Before anything has worked, what does not work is named within ten seconds.</summary>
public sealed class FirstContactTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_address_that_refuses()
    {
        var failure = await FailingAsync($"http://127.0.0.1:{await ClosedPortAsync()}");

        failure.Kind.Should().Be(HubFailureKind.Connection);
        failure.Message.Should().Contain("refused");
    }

    [Fact]
    public async Task A_name_that_does_not_resolve()
    {
        (await FailingAsync("http://no-such-host.invalid")).Kind.Should().Be(HubFailureKind.NameResolution);
    }

    [Fact]
    public async Task A_proxy_that_refuses()
    {
        var failure = await FailingAsync(
            "http://hub.example",
            ("http_proxy", $"http://127.0.0.1:{await ClosedPortAsync()}")
        );

        failure.Kind.Should().Be(HubFailureKind.Proxy);
    }

    [Fact]
    public async Task Tls_to_a_port_without_it()
    {
        await using var plain = PlainServer();

        var failure = await FailingAsync($"https://127.0.0.1:{plain.Port}");

        failure.Message.Should().Contain("does not speak TLS");
        failure.Next.Should().Contain("http://127.0.0.1:");
    }

    [Fact]
    public async Task A_proxy_without_tls_that_is_named_with_https()
    {
        await using var plain = PlainServer();

        var failure = await FailingAsync("http://hub.example", ("http_proxy", $"https://127.0.0.1:{plain.Port}"));

        failure.Kind.Should().Be(HubFailureKind.Proxy);
        failure.Message.Should().Contain("does not speak TLS");
        failure.Next.Should().StartWith("export http_proxy=http://127.0.0.1:");
    }

    [Fact]
    public async Task A_wrong_password_of_a_socks_proxy()
    {
        // RFC 1928 and 1929: version 5, method 2 (user name and password), then refused.
        await using var proxy = new ConnectionLoop(
            IPAddress.Loopback,
            0,
            async (client, cancellation) =>
            {
                var stream = client.GetStream();
                var buffer = new byte[512];
                _ = await stream.ReadAsync(buffer, cancellation);
                await stream.WriteAsync(new byte[] { 5, 2 }, cancellation);
                _ = await stream.ReadAsync(buffer, cancellation);
                await stream.WriteAsync(new byte[] { 1, 1 }, cancellation);
            }
        );

        var failure = await FailingAsync(
            "http://hub.example",
            ("all_proxy", $"socks5h://me:no@127.0.0.1:{proxy.Port}")
        );

        failure.Kind.Should().Be(HubFailureKind.Proxy);
        failure.Message.Should().Contain("refuses the user name or the password");
    }

    [Fact]
    public async Task Once_something_has_worked_the_whole_budget_holds()
    {
        var contact = new FirstContact();
        contact.Make();
        var budget = Clients.Short with { Connection = TimeSpan.FromSeconds(2), FirstContact = TimeSpan.Zero };
        var watch = Stopwatch.StartNew();

        using var client = Clients.Open(
            $"http://127.0.0.1:{await ClosedPortAsync()}",
            options: Clients.Options() with
            {
                Budget = budget,
                FirstContact = contact,
            }
        );
        await client.FailingAsync();

        watch.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(1.5));
    }

    private static async Task<int> ClosedPortAsync()
    {
        await using var gone = new ScriptedServer(_ => "");
        return gone.Port;
    }

    /// <summary>Answers whatever comes as nginx answers TLS on a port for HTTP.</summary>
    private static ConnectionLoop PlainServer() =>
        new(
            IPAddress.Loopback,
            0,
            async (client, cancellation) =>
            {
                _ = await client.GetStream().ReadAsync(new byte[4096], cancellation);
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellation);
            }
        );

    private static async Task<HubFailure> FailingAsync(string endpoint, params (string Name, string Value)[] variables)
    {
        var watch = Stopwatch.StartNew();
        var options = Clients.Options(variables) with { Budget = new RetryBudget(), FirstContact = new FirstContact() };
        using var client = Clients.Open(endpoint, options: options);
        var failure = await client.FailingAsync();
        watch.Elapsed.Should().BeLessThan(Soon);
        return failure;
    }
}
