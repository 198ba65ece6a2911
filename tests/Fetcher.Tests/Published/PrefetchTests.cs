using System.Runtime.InteropServices;
using System.Text.Json;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Published;

public sealed partial class PrefetchTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("prefetch-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task It_prints_a_pin_that_can_be_pasted_and_its_hash_is_the_folders()
    {
        var repository = hub.Repository("acme/pin")
            .File("config.json", "{}")
            .File("sub/vocab.txt", "a\nb\n")
            .Lfs("model.safetensors", Bytes(3_000_000));

        var outcome = await PrefetchAsync("acme/pin", "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome
            .Output.Should()
            .Be(
                $$"""
                fetchHuggingFace {
                  repo = "acme/pin";
                  rev = "{{await hub.CommitAsync("acme/pin")}}";
                  hash = "{{(await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri}}";
                }

                """
            );
        outcome.Errors.Should().Contain("3 files").And.Contain("all verified").And.NotContain("\r");
    }

    [Fact]
    public async Task A_dataset_or_space_is_found_without_its_type()
    {
        hub.Dataset("acme/table").File("data.csv", "a,b\n");
        hub.Space("acme/app").File("app.py", "");
        hub.Repository("acme/both").File("config.json", "{}");
        hub.Dataset("acme/both").File("data.csv", "a,b\n");

        var table = await PrefetchAsync("acme/table", "--no-store");
        table.ExitCode.Should().Be(0, table.Errors);
        table.Output.Should().Contain("repoType = \"dataset\";");
        table.Errors.Should().Contain("acme/table is a dataset: datasets/acme/table");
        (await PrefetchAsync("acme/app", "--dry-run")).Errors.Should().Contain("acme/app is a space");
        (await PrefetchAsync("acme/both", "--no-store")).Output.Should().NotContain("repoType");
        (await PrefetchAsync("acme/table", "--type", "model", "--dry-run")).ExitCode.Should().Be(4);
    }

    [Fact]
    public async Task Quiet_prints_the_result_and_nothing_else()
    {
        hub.Repository("acme/quiet").File("config.json", "{}");

        var outcome = await PrefetchAsync("acme/quiet", "--no-store", "--format", "sri", "--quiet");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().StartWith("sha256-");
        outcome.Errors.Should().BeEmpty();
        (await PrefetchAsync("acme/nowhere", "--no-store", "-q")).Errors.Should().StartWith("error: ");
    }

    [Fact]
    public async Task A_selection_is_part_of_the_pin()
    {
        hub.Repository("acme/choice").File("config.json", "{}").File("a.txt", "a").Lfs("model.bin", Bytes(100));

        var outcome = await PrefetchAsync(
            "acme/choice",
            "--no-store",
            "--include",
            "*.json",
            "--include",
            "*.bin",
            "--exclude",
            "a*"
        );

        outcome.Output.Should().Contain("""include = [ "*.json" "*.bin" ];""").And.Contain("""exclude = [ "a*" ];""");
    }

    [Fact]
    public async Task Json_and_the_bare_hash_say_the_same()
    {
        hub.Repository("acme/formats").File("config.json", "{}").Lfs("model.bin", Bytes(1000));

        var sri = await PrefetchAsync("acme/formats", "--no-store", "--format", "sri");
        using var json = JsonDocument.Parse(
            (await PrefetchAsync("acme/formats", "--no-store", "--format", "json")).Output
        );

        json.RootElement.GetProperty("hash").GetString().Should().Be(sri.Output.Trim()).And.StartWith("sha256-");
        json.RootElement.GetProperty("size").GetInt64().Should().Be(1002);
    }

    [Fact]
    public async Task The_hash_does_not_depend_on_the_number_of_connections()
    {
        var repository = hub.Repository("acme/many").Lfs("model.bin", Bytes(30_000_000));
        foreach (var i in Enumerable.Range(0, 60))
            repository.File($"part/{i}.txt", $"{i}");

        var hashes = new List<string>();
        foreach (var connections in (string[])["1", "3", "32"])
        {
            hashes.Add(
                (await PrefetchAsync("acme/many", "--no-store", "--format", "sri", "--connections", connections)).Output
            );
        }

        hashes
            .Distinct()
            .Should()
            .ContainSingle()
            .Which.Trim()
            .Should()
            .Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
    }

    [Fact]
    public async Task A_dry_run_lists_and_downloads_nothing()
    {
        hub.Repository("acme/dry").File("config.json", "{}").Lfs("model.bin", Bytes(5_000_000));
        await hub.ClearRecordAsync();

        var outcome = await PrefetchAsync("acme/dry", "--dry-run");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().Contain("5 MB  LFS  model.bin").And.Contain("2 bytes       config.json");
        (await hub.RecordAsync()).Should().NotContain(request => request.On == "resolve" || request.On == "cdn");
        using var json = JsonDocument.Parse((await PrefetchAsync("acme/dry", "--dry-run", "--format", "json")).Output);
        json.RootElement.GetProperty("files").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task Interrupted_it_keeps_what_has_arrived_and_goes_on_from_there()
    {
        var repository = hub.Repository("acme/long").Lfs("model.bin", Bytes(60_000_000)).File("config.json", "{}");
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                repo = "acme/long",
                bytes_per_second = 2_000_000,
            }
        );
        using (
            var process = Executable.Start(
                Executable.Prefetch,
                ["acme/long", "--no-store", "--connections", "4"],
                Environment()
            )
        )
        {
            await WaitForBytesAsync("acme/long", 15_000_000);
            _ = Kill(process.Id, 2);
            var interrupted = await Executable.FinishAsync(process);
            interrupted.ExitCode.Should().Be(130);
            interrupted.Errors.Should().Contain("run the same command to resume");
        }

        await hub.ClearFaultsAsync();
        var outcome = await PrefetchAsync("acme/long", "--no-store", "--format", "sri");

        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        // Both runs together: what was on its way when the first ended is all that was sent twice.
        (await hub.RecordAsync())
            .Where(request => request.Repo == "acme/long" && request.On == "cdn")
            .Sum(request => request.Bytes)
            .Should()
            .BeLessThan(66_000_000);
    }

    [Theory]
    [InlineData("too long")]
    [InlineData("complete")]
    [InlineData("wrong bytes")]
    [InlineData("a folder")]
    [InlineData("a strange file beside it")]
    public async Task Whatever_a_killed_run_left_the_next_one_ends_well(string state)
    {
        var name = $"acme/left-{state.Replace(' ', '-')}";
        var bytes = Bytes(20_000_000);
        var repository = hub.Repository(name).Lfs("model.bin", bytes);
        await hub.FaultAsync(
            new
            {
                kind = "stall",
                repo = name,
                after = 1_000_000,
            }
        );
        using (var process = Executable.Start(Executable.Prefetch, [name, "--no-store"], Environment()))
        {
            await WaitForBytesAsync(name, 3_000_000);
            process.Kill();
            await Executable.FinishAsync(process);
        }

        await hub.ClearFaultsAsync();
        var left = Directory.GetFiles(_home, "model.bin", SearchOption.AllDirectories).Single();
        var tree = Path.GetDirectoryName(left)!;
        switch (state)
        {
            case "too long":
                await using (var file = File.OpenWrite(left))
                    file.SetLength(bytes.Length + 5);
                break;
            case "complete":
                await File.WriteAllBytesAsync(left, bytes, Cancellation);
                break;
            case "wrong bytes":
                await File.WriteAllBytesAsync(left, new byte[bytes.Length], Cancellation);
                break;
            case "a folder":
                File.Delete(left);
                Directory.CreateDirectory(left);
                break;
            default:
                await File.WriteAllTextAsync(Path.Combine(tree, "stranger"), "x", Cancellation);
                break;
        }

        var outcome = await PrefetchAsync(name, "--no-store", "--format", "sri");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
    }

    [Theory]
    [InlineData("acme/nowhere", 4)]
    [InlineData("not a repo", 2)]
    [InlineData("../x", 2)]
    public async Task A_repository_that_cannot_be_had_ends_with_its_exit_code_and_nothing_on_standard_output(
        string repo,
        int code
    )
    {
        var outcome = await PrefetchAsync(repo, "--no-store");

        outcome.ExitCode.Should().Be(code, outcome.Errors);
        outcome.Output.Should().BeEmpty();
        outcome.Errors.Should().StartWith("error: ");
    }

    [Fact]
    public async Task A_gated_repository_wants_a_token_and_never_shows_it()
    {
        hub.Repository("acme/gated")
            .File("config.json", "{}")
            .Lfs("model.bin", Bytes(100))
            .Gated("hf_right")
            .Unaccepted("hf_unaccepted");

        (await PrefetchAsync("acme/gated", "--no-store")).ExitCode.Should().Be(4);
        var unaccepted = await PrefetchAsAsync("hf_unaccepted", "acme/gated", "--no-store");
        unaccepted.ExitCode.Should().Be(4);
        unaccepted.Errors.Should().Contain("licence").And.NotContain("hf_unaccepted");
        var right = await PrefetchAsAsync("hf_right", "acme/gated", "--no-store");
        right.ExitCode.Should().Be(0, right.Errors);
        (right.Output + right.Errors).Should().NotContain("hf_right");
        (await hub.RecordAsync()).Should().NotContain(request => request.Origin == "cdn" && request.Authorization);
    }

    [Fact]
    public async Task A_server_that_is_down_is_a_network_error()
    {
        var environment = Environment();
        environment["HF_ENDPOINT"] = "http://127.0.0.1:1";
        var outcome = await Executable.RunAsync(Executable.Prefetch, ["acme/pin", "--no-store"], environment);

        outcome.ExitCode.Should().Be(5, outcome.Errors);
    }

    [Fact]
    public async Task A_download_folder_that_cannot_be_written_to_says_so()
    {
        hub.Repository("acme/readonly").File("config.json", "{}");
        var environment = Environment();
        environment["XDG_CACHE_HOME"] = "/proc/nowhere";
        var outcome = await Executable.RunAsync(Executable.Prefetch, ["acme/readonly", "--no-store"], environment);

        outcome.ExitCode.Should().Be(7, outcome.Errors);
        outcome.Errors.Should().Contain("/proc/nowhere");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private async Task WaitForBytesAsync(string repository, long atLeast)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var arrived = Directory
                .GetFiles(_home, "*", SearchOption.AllDirectories)
                .Where(file => file.Contains("/journal/", StringComparison.Ordinal))
                .ToArray();
            if (
                arrived.Length > 0
                && (await hub.RecordAsync())
                    .Where(request => request.Repo == repository && request.On == "cdn")
                    .Sum(request => request.Bytes) >= atLeast
            )
            {
                return;
            }

            await Task.Delay(50, Cancellation);
        }
    }

    private Dictionary<string, string> Environment() =>
        new()
        {
            ["HF_ENDPOINT"] = hub.Endpoint,
            ["HOME"] = _home,
            ["XDG_CACHE_HOME"] = Path.Combine(_home, "cache"),
        };

    private Task<Outcome> PrefetchAsync(params string[] arguments) =>
        Executable.RunAsync(Executable.Prefetch, arguments, Environment());

    private Task<Outcome> PrefetchAsAsync(string token, params string[] arguments)
    {
        var environment = Environment();
        environment["HF_TOKEN"] = token;
        return Executable.RunAsync(Executable.Prefetch, arguments, environment);
    }
}
