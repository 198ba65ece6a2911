using System.Security.Cryptography;
using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Sources;

/// <summary>Servers that are no hubs, and their faults.</summary>
public sealed class UrlFaultTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(9_000_000);
    private readonly string _folder = Directory.CreateTempSubdirectory("url-faults-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, object[]> Survived =>
        new()
        {
            { "no ranges", [new { kind = "ignore-range" }] },
            { "no ranges and no length", [new { kind = "ignore-range" }, Chunked(0)] },
            { "compressed", [new { kind = "gzip" }] },
            {
                "broken off",
                [
                    new
                    {
                        kind = "cut",
                        after = 100_000,
                        times = 3,
                        skip = 1,
                    },
                ]
            },
            {
                "reset",
                [
                    new
                    {
                        kind = "reset",
                        after = 100_000,
                        times = 3,
                        skip = 1,
                    },
                ]
            },
            {
                "wrong range",
                [
                    new
                    {
                        kind = "wrong-content-range",
                        bytes = 5,
                        times = 2,
                        skip = 1,
                    },
                ]
            },
            {
                "one wrong byte",
                [
                    new
                    {
                        kind = "flip",
                        at = 1_000_000,
                        times = 2,
                    },
                ]
            },
            {
                "unavailable",
                [
                    new
                    {
                        kind = "status",
                        status = 503,
                        times = 2,
                    },
                ]
            },
            {
                "too long at first",
                [
                    new
                    {
                        kind = "long",
                        bytes = 7,
                        times = 1,
                        skip = 1,
                    },
                ]
            },
        };

    [Theory]
    [MemberData(nameof(Survived))]
    public async Task A_fault_that_passes_or_can_be_got_round_costs_time_and_no_byte(string name, object[] faults)
    {
        var url = Serve(name);
        await FaultAsync(name, faults);

        await DownloadAsync(url);

        (await File.ReadAllBytesAsync(Destination, Cancellation)).Should().Equal(Bytes);
    }

    [Fact]
    public async Task A_signed_location_that_expires_is_asked_for_again()
    {
        Serve("expiring");
        await hub.FaultAsync(
            new
            {
                kind = "expired",
                repo = Repository("expiring"),
                skip = 2,
                times = 2,
            }
        );

        await DownloadAsync($"{hub.Plain}/signed/{Repository("expiring")}/model.gguf");

        (await File.ReadAllBytesAsync(Destination, Cancellation)).Should().Equal(Bytes);
        var requests = await hub.RecordAsync(Repository("expiring"));
        requests.Count(request => request.Origin == "plain").Should().BeGreaterThan(1);
        requests.Should().Contain(request => request.Origin == "cdn" && request.Status == 403);
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_broken_off()
    {
        var url = Serve("endless");
        await FaultAsync("endless", [new { kind = "ignore-range" }, Chunked(1L << 40)]);

        var failure = (
            await FluentActions.Awaiting(() => DownloadAsync(url, Bytes.Length)).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.Integrity);
        failure.Message.Should().Contain("too many bytes");
        File.Exists(Destination).Should().BeFalse();
    }

    [Fact]
    public async Task A_body_that_does_not_end_and_whose_length_nobody_knows_ends_at_the_limit()
    {
        var url = Serve("unknown");
        await FaultAsync("unknown", [new { kind = "ignore-range" }, Chunked(1L << 40)]);
        using var source = KnownSources.Open(url, new HubOptions());

        var failure = (
            await FluentActions
                .Awaiting(() =>
                    new UnsizedBody(new TransferOptions(), _ => { }) { Limit = 20_000_000 }.SaveAsync(
                        source,
                        "model.gguf",
                        Destination,
                        Cancellation
                    )
                )
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.Integrity);
        failure.Message.Should().Contain("more than 20 MB");
        failure.Next.Should().Contain("size = ");
    }

    [Theory]
    [InlineData("file:///etc/passwd", "redirect without a valid location")]
    [InlineData("ftp://example.org/x", "redirect without a valid location")]
    public async Task A_redirect_out_of_the_web_is_refused(string target, string message)
    {
        var failure = (
            await FluentActions
                .Awaiting(() => DownloadAsync($"{hub.Plain}/to?url={Uri.EscapeDataString(target)}"))
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.Network);
        failure.Message.Should().Contain(message).And.NotContain("url=");
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_refused()
    {
        using var certificate = OwnCertificate.Make(out var authority);
        var bundle = Path.Combine(_folder, "bundle.pem");
        await File.WriteAllTextAsync(bundle, authority, Cancellation);
        await using var server = new ScriptedServer(
            _ => ScriptedServer.Redirect($"{hub.Plain}/files/a/b/model.gguf"),
            certificate
        );
        using var source = KnownSources.Open($"{server.Url}/model.gguf", Clients.Options() with { CaBundle = bundle });

        var failure = await FluentActions
            .Awaiting(() => source.DescribeAsync(Cancellation))
            .Should()
            .ThrowAsync<Failure>();

        failure.Which.Message.Should().Contain("redirect from https to http refused");
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Redirect("/again"));
        var failure = (
            await FluentActions.Awaiting(() => DownloadAsync($"{server.Url}/model.gguf")).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Message.Should().Contain("more than 10 redirects");
    }

    [Fact]
    public async Task Another_size_than_the_pinned_one_is_refused_before_the_download()
    {
        var url = Serve("size");

        var failure = (
            await FluentActions.Awaiting(() => DownloadAsync(url, Bytes.Length + 1)).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.Integrity);
        failure.Message.Should().Contain($"has {Bytes.Length} bytes, not {Bytes.Length + 1}");
        (await hub.RecordAsync(Repository("size"))).Sum(request => request.Bytes).Should().BeLessThan(100);
    }

    [Fact]
    public async Task The_last_failure_decides_the_exit_code()
    {
        Serve("last");
        var missing = $"{hub.Plain}/files/{Repository("last")}/missing.gguf";
        var refused = $"{hub.Plain}/private/{Repository("last")}/model.gguf";

        var first = await FluentActions
            .Awaiting(() => DownloadAsync([refused, missing]))
            .Should()
            .ThrowAsync<Failure>();
        var second = await FluentActions
            .Awaiting(() => DownloadAsync([missing, refused]))
            .Should()
            .ThrowAsync<Failure>();

        first.Which.Code.Should().Be(ExitCode.NotFound);
        second.Which.Code.Should().Be(ExitCode.NotAllowed);
    }

    [Fact]
    public async Task A_password_of_netrc_goes_to_its_machine_and_not_along_a_redirect()
    {
        Serve("netrc");
        var netrc = Path.Combine(_folder, "netrc");
        await File.WriteAllTextAsync(netrc, "machine 127.0.0.1 login user password secret\n", Cancellation);
        var options = new HubOptions
        {
            Variables = new EnvironmentVariables(name =>
                name switch
                {
                    "NETRC" => netrc,
                    "HF_TOKEN" => "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
                    _ => null,
                }
            ),
        };

        foreach (var how in (string[])["private", "signed"])
        {
            using var source = KnownSources.Open($"{hub.Plain}/{how}/{Repository("netrc")}/model.gguf", options);
            (await source.DescribeAsync(Cancellation)).Size.Should().Be(Bytes.Length);
        }

        var requests = await hub.RecordAsync(Repository("netrc"));
        requests.Where(request => request.Origin == "plain").Should().OnlyContain(request => request.Authorization);
        requests.Where(request => request.Origin == "cdn").Should().NotBeEmpty();
        requests.Where(request => request.Origin == "cdn").Should().OnlyContain(request => !request.Authorization);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        hub.Repository(Repository("empty")).Lfs("model.gguf", []);

        await DownloadAsync(
            new PinnedFile("model.gguf", Digest([]), null, [$"{hub.Plain}/files/{Repository("empty")}/model.gguf"])
        );

        new FileInfo(Destination).Length.Should().Be(0);
    }

    [Fact]
    public async Task A_second_address_goes_on_where_the_first_broke_off()
    {
        Serve("broken");
        Serve("whole");
        // Half of a range, then nothing more.
        await FaultAsync(
            "broken",
            [
                new { kind = "cut", after = 500_000 },
                new
                {
                    kind = "status",
                    status = 404,
                    skip = 6,
                },
            ]
        );

        await DownloadAsync([
            $"{hub.Plain}/files/{Repository("broken")}/model.gguf",
            $"{hub.Plain}/files/{Repository("whole")}/model.gguf",
        ]);

        (await File.ReadAllBytesAsync(Destination, Cancellation)).Should().Equal(Bytes);
    }

    private string Destination => Path.Combine(_folder, "model.gguf");

    private static object Chunked(long bytes) =>
        new
        {
            kind = "long",
            bytes,
            chunked = true,
        };

    private static string Repository(string name) => $"url/{name.Replace(' ', '-')}";

    private string Serve(string name)
    {
        hub.Repository(Repository(name)).Lfs("model.gguf", Bytes);
        return $"{hub.Plain}/files/{Repository(name)}/model.gguf";
    }

    private async Task FaultAsync(string name, object[] faults)
    {
        foreach (var fault in faults)
        {
            var json = System.Text.Json.JsonSerializer.SerializeToNode(fault)!.AsObject();
            json["repo"] = Repository(name);
            await hub.FaultAsync(json);
        }
    }

    private Task<VerifiedHash> DownloadAsync(string url, long? size = null) =>
        DownloadAsync(new PinnedFile("model.gguf", Digest(Bytes), size, [url]));

    private Task<VerifiedHash> DownloadAsync(string[] urls) =>
        DownloadAsync(new PinnedFile("model.gguf", Digest(Bytes), null, urls));

    private Task<VerifiedHash> DownloadAsync(PinnedFile file) =>
        new PinnedDownload(
            new TransferOptions { FirstDelay = TimeSpan.FromMilliseconds(10), SmallestRange = 1 << 20 },
            caBundle: null,
            live: false
        ).RunAsync(file, Destination, Path.Combine(_folder, "journal"), Cancellation);

    private static Sha256Digest Digest(byte[] bytes) =>
        Sha256Digest.Parse(Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
