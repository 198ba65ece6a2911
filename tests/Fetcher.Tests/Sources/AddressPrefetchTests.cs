using System.Security.Cryptography;
using System.Text.Json;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources;

/// <summary><c>nix-prefetch-hf ADDRESS</c>, the published executable.</summary>
public sealed class AddressPrefetchTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(5_000_000);
    private static readonly string Sri = $"sha256-{Convert.ToBase64String(SHA256.HashData(Bytes))}";

    [Fact]
    public async Task It_prints_a_pin_that_can_be_pasted_and_says_whom_it_trusts()
    {
        var address = Serve("acme/pin");

        var outcome = await PrefetchAsync(address, "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome
            .Output.Should()
            .Be(
                $$"""
                source.url = {
                  url = "{{address}}";
                  hash = "{{Sri}}";
                };

                """
            );
        outcome.Errors.Split("trusted on first use: 127.0.0.1").Should().HaveCount(2);
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_build_takes_what_was_prefetched_and_makes_no_request(NixVersion version)
    {
        var repository = $"acme/store-{version}".ToLowerInvariant();
        var address = Serve(repository);

        var prefetched = await PrefetchAsync(version, address + "?token=abc", "--format", "json");

        prefetched.ExitCode.Should().Be(0, prefetched.Errors);
        prefetched.Errors.Should().Contain("it is pinned without its query").And.NotContain("abc");
        var pin = JsonDocument.Parse(prefetched.Output).RootElement;
        pin.GetProperty("url").GetString().Should().Be(address);
        pin.GetProperty("size").GetInt64().Should().Be(Bytes.Length);
        await hub.ClearRecordAsync(repository);

        var built = await nix.BuildAsync(
            version,
            $$"""
            builtins.head (({{NixFixture.Offline}}).fetchModel {
              name = "m";
              source.url = { url = "{{address}}"; hash = "{{pin.GetProperty("hash").GetString()}}"; };
            }).downloads
            """
        );

        built.ExitCode.Should().Be(0, built.Errors);
        built.Output.Trim().Should().Be(pin.GetProperty("path").GetString());
        (await hub.RecordAsync(repository)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_name_is_the_servers_then_the_addresss()
    {
        var address = Serve("acme/name");

        var named = await PrefetchAsync(address + "?name=other%20name.gguf", "--no-store", "--format", "module");
        var given = await PrefetchAsync(address + "?name=x.gguf", "--no-store", "--name", "sub/y.gguf");

        named.Output.Should().StartWith("models.other-name = {\n").And.Contain("name = \"other name.gguf\";");
        given.Output.Should().Contain("name = \"sub/y.gguf\";");
    }

    [Fact]
    public async Task A_name_that_leads_out_of_the_folder_is_cut()
    {
        var outcome = await PrefetchAsync(Serve("acme/evil") + "?name=../../etc/passwd.gguf", "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().Contain("name = \"passwd.gguf\";");
    }

    [Fact]
    public async Task A_hash_that_is_known_is_checked()
    {
        var address = Serve("acme/known");

        var right = await PrefetchAsync(address, "--no-store", "--hash", Sri, "--format", "sri");
        var wrong = await PrefetchAsync(address, "--no-store", "--hash", new string('0', 64));

        right.ExitCode.Should().Be(0, right.Errors);
        right.Output.Trim().Should().Be(Sri);
        right.Errors.Should().NotContain("first use");
        wrong.ExitCode.Should().Be(6);
        wrong.Errors.Should().Contain("wrong bytes in model.gguf");
    }

    [Fact]
    public async Task What_the_server_says_of_the_hash_is_checked()
    {
        var address = Serve("acme/digest");
        var digest = Uri.EscapeDataString(Convert.ToBase64String(SHA256.HashData(Bytes)));
        var other = Uri.EscapeDataString(Convert.ToBase64String(SHA256.HashData([1])));

        (await PrefetchAsync($"{address}?digest={digest}", "--no-store")).ExitCode.Should().Be(0);
        (await PrefetchAsync($"{address}?digest={other}", "--no-store")).ExitCode.Should().Be(6);
    }

    [Fact]
    public async Task A_dry_run_tells_size_name_and_ranges_and_downloads_nothing()
    {
        var address = Serve("acme/dry");

        var outcome = await PrefetchAsync(address, "--dry-run");
        await hub.FaultAsync(new { kind = "ignore-range", repo = "acme/dry" });
        var without = await PrefetchAsync(address, "--dry-run");

        outcome.Output.Should().Contain("5 MB  model.gguf").And.Contain("byte ranges are served");
        without.Output.Should().Contain("no byte ranges");
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_downloaded_is_no_file()
    {
        var address = Serve("acme/changing");
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                bytes_per_second = 3_000_000,
                repo = "acme/changing",
            }
        );

        var running = PrefetchAsync(address, "--no-store", "--connections", "1", "--limit-rate", "4M");
        await Task.Delay(700, TestContext.Current.CancellationToken);
        hub.Repository("acme/changing").Lfs("model.gguf", RandomNumberGenerator.GetBytes(Bytes.Length));
        var outcome = await running;

        outcome.ExitCode.Should().BeOneOf(0, 6);
        if (outcome.ExitCode == 6)
            outcome.Errors.Should().Contain("the file changed on the server while it was downloaded");
        else
            outcome.Output.Should().Contain(Sri);
    }

    [Fact]
    public async Task A_web_page_is_no_model()
    {
        Serve("acme/page");
        await hub.FaultAsync(new { kind = "error-page", repo = "acme/page" });

        var outcome = await PrefetchAsync($"{hub.Plain}/files/acme/page/model.gguf", "--no-store");

        outcome.ExitCode.Should().Be(6);
        outcome.Errors.Should().Contain("a web page, and no file of a model");
    }

    [Fact]
    public async Task An_interrupted_download_is_resumed()
    {
        var address = Serve("acme/resume");
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                bytes_per_second = 500_000,
                repo = "acme/resume",
            }
        );
        using (
            var process = Executable.Start(
                Executable.Prefetch,
                [address, "--no-store", "--connections", "4"],
                nix.EnvironmentOf(NixVersion.Current)
            )
        )
        {
            while ((await hub.RecordAsync("acme/resume")).Sum(request => request.Bytes) < 1_500_000)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            await Executable.RunAsync("kill", ["-INT", $"{process.Id}"]);
            var interrupted = await Executable.FinishAsync(process);
            interrupted.ExitCode.Should().Be(130, interrupted.Errors);
            interrupted.Errors.Should().Contain("run the same command to resume");
        }

        await hub.ClearFaultsAsync("acme/resume");
        await hub.ClearRecordAsync("acme/resume");
        var outcome = await PrefetchAsync(address, "--no-store", "--format", "sri");

        outcome.Output.Trim().Should().Be(Sri);
        (await hub.RecordAsync("acme/resume")).Sum(request => request.Bytes).Should().BeLessThan(Bytes.Length);
    }

    [Theory]
    [InlineData("--rev", "v1")]
    [InlineData("--include", "*.json")]
    [InlineData("--flat", null)]
    [InlineData("--stream", null)]
    public async Task Options_of_repositories_are_refused(string option, string? value)
    {
        var outcome = await PrefetchAsync([
            "https://example.org/x.gguf",
            option,
            .. value is null ? Array.Empty<string>() : [value],
        ]);

        outcome.ExitCode.Should().Be(2);
        outcome.Errors.Should().Contain($"{option} has no meaning with an address");
    }

    [Fact]
    public async Task A_password_in_the_address_is_refused()
    {
        var outcome = await PrefetchAsync("https://user:secret@example.org/x.gguf");

        outcome.ExitCode.Should().Be(2);
        outcome.Errors.Should().Contain("~/.netrc").And.NotContain("user:secret");
    }

    private string Serve(string repository)
    {
        hub.Repository(repository).Lfs("model.gguf", Bytes);
        return $"{hub.Plain}/files/{repository}/model.gguf";
    }

    private Task<Outcome> PrefetchAsync(params string[] arguments) => PrefetchAsync(NixVersion.Current, arguments);

    private Task<Outcome> PrefetchAsync(NixVersion version, params string[] arguments) =>
        Executable.RunAsync(Executable.Prefetch, arguments, nix.EnvironmentOf(version));
}
