using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;

namespace NixAiModels.Tests.Published;

/// <summary>What <c>hf</c>, or anybody else, has downloaded already is not downloaded again.</summary>
public sealed class LocalFilesTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private static readonly byte[] Config = Encoding.UTF8.GetBytes("{}");

    private readonly string _home = Directory.CreateTempSubdirectory("local-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Cache => Path.Combine(_home, ".cache", "huggingface", "hub");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task A_model_that_hf_has_downloaded_is_taken_from_its_cache()
    {
        var repository = await DownloadedAsync("acme/cached");

        var outcome = await PrefetchAsync("acme/cached", "--no-store", "--format", "sri");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain($"3 MB taken from {Cache}, 0 downloaded");
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await RequestsForFilesAsync("acme/cached")).Should().Be(0);
        Directory.Exists(Path.Combine(Cache, "models--acme--cached", "blobs")).Should().BeTrue();
    }

    [Fact]
    public async Task What_the_npm_client_has_downloaded_is_taken_whole()
    {
        const string name = "acme/npm";
        hub.Repository(name)
            .File("config.json", Config)
            .File("sub/vocab.txt", "a b c\n")
            .Lfs("model.safetensors", Weights);
        var client = await Executable.RunAsync(
            "node",
            [Path.Combine(Executable.Root, "tests/interop/snapshot-download.mjs"), name, "main", Cache],
            Environment()
        );
        client.ExitCode.Should().Be(0, client.Errors);
        await hub.ClearRecordAsync(name);

        var outcome = await PrefetchAsync(name, "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain(", 0 downloaded");
        (await RequestsForFilesAsync(name)).Should().Be(0);
    }

    [Fact]
    public async Task A_lock_of_it_downloads_nothing()
    {
        await DownloadedAsync("acme/locked");

        var outcome = await LockAsync("acme/locked");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain($"2 bytes taken from {Cache}, 0 downloaded");
        (await RequestsForFilesAsync("acme/locked")).Should().Be(0);
    }

    [Theory]
    [InlineData("other bytes")]
    [InlineData("another size")]
    [InlineData("a link")]
    [InlineData("a pipe")]
    [InlineData("another user's")]
    [InlineData("a link for the folder")]
    public async Task What_is_not_right_in_a_cache_is_downloaded(string state)
    {
        var name = $"acme/bad-{state.Replace(' ', '-').Replace("'", "", StringComparison.Ordinal)}";
        var repository = await DownloadedAsync(name);
        var blobs = Path.Combine(Cache, $"models--{name.Replace("/", "--", StringComparison.Ordinal)}", "blobs");
        var blob = Path.Combine(blobs, Sha256(Weights));
        switch (state)
        {
            case "other bytes":
                await File.WriteAllBytesAsync(blob, new byte[Weights.Length], Cancellation);
                break;
            case "another size":
                await File.WriteAllBytesAsync(blob, Weights[1..], Cancellation);
                break;
            case "a link":
                File.Move(blob, blob + ".moved");
                File.CreateSymbolicLink(blob, blob + ".moved");
                break;
            case "a pipe":
                File.Delete(blob);
                await RunAsync("mkfifo", blob);
                break;
            case "another user's":
                await RunAsync("chown", "65533", blob);
                break;
            default:
                Directory.Move(blobs, blobs + ".moved");
                Directory.CreateSymbolicLink(blobs, blobs + ".moved");
                break;
        }

        var outcome = await PrefetchAsync(name, "--no-store", "--format", "sri");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await RequestsForFilesAsync(name)).Should().BeGreaterThan(0);
        if (state == "other bytes")
            outcome.Errors.Should().Contain("wrong bytes").And.Contain("2 bytes taken from");
    }

    [Fact]
    public async Task Any_folder_can_be_named_and_its_files_are_found_by_their_bytes()
    {
        var first = Bytes(2_000_000, 1);
        var second = Bytes(2_000_000, 2);
        var repository = hub.Repository("acme/moved").Lfs("a.safetensors", first).Lfs("b.safetensors", second);
        var folder = Directory.CreateDirectory(Path.Combine(_home, "old", "deep")).FullName;
        // The names are those of each other.
        await File.WriteAllBytesAsync(Path.Combine(folder, "b.safetensors"), first, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.safetensors"), second, Cancellation);

        var outcome = await PrefetchAsync(
            "acme/moved",
            "--from",
            Path.Combine(_home, "old"),
            "--no-store",
            "--format",
            "sri"
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain($"4 MB taken from {_home}/old, 0 downloaded");
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await RequestsForFilesAsync("acme/moved")).Should().Be(0);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error()
    {
        hub.Repository("acme/nothing").File("config.json", "{}");

        var outcome = await PrefetchAsync("acme/nothing", "--no-store", "--from", "/nonexistent");

        outcome.ExitCode.Should().Be(7);
        outcome.Errors.Should().StartWith("error: no such folder: /nonexistent");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_into_the_store_takes_from_the_cache_too(bool isRight)
    {
        var name = $"acme/stream-{isRight}".ToLowerInvariant();
        var repository = await DownloadedAsync(name);
        if (!isRight)
        {
            var blobs = Path.Combine(Cache, $"models--{name.Replace("/", "--", StringComparison.Ordinal)}", "blobs");
            await File.WriteAllBytesAsync(Path.Combine(blobs, Sha256(Weights)), new byte[Weights.Length], Cancellation);
        }

        var outcome = await Executable.RunAsync(
            Executable.Prefetch,
            [name, "--stream", "--format", "sri"],
            Environment(NixVersion.Old)
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await RequestsForFilesAsync(name) == 0).Should().Be(isRight, outcome.Errors);
        if (isRight)
            outcome.Errors.Should().Contain($"3 MB taken from {Cache}, 0 downloaded");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_whole_cache_is_imported_with_its_pins(NixVersion version)
    {
        var (whole, part) = ($"acme/whole-{version}".ToLowerInvariant(), $"acme/part-{version}".ToLowerInvariant());
        var repository = await DownloadedAsync(whole);
        hub.Repository(part).File("README.md", "not downloaded");
        await DownloadedAsync(part);
        var environment = Environment(version);

        var listed = await Executable.RunAsync(Executable.Fetcher, ["import", "--dry-run"], environment);
        await hub.ClearRecordAsync();
        var outcome = await Executable.RunAsync(Executable.Fetcher, ["import", "--all"], environment);

        listed.Output.Should().Contain($"{whole}  ").And.Contain("2 downloads in ");
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("3 MB taken from");
        outcome.Output.Should().Contain("""files = [ "config.json" "model.safetensors" ];""");
        outcome.Output.Should().Contain((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await RequestsForFilesAsync(whole)).Should().Be(0);
        (await RequestsForFilesAsync(part)).Should().Be(0);

        var file = Path.Combine(_home, "models.lock.json");
        var locked = await Executable.RunAsync(Executable.Fetcher, ["import", whole, "--lock-file", file], environment);

        locked.ExitCode.Should().Be(0, locked.Errors);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancellation));
        var entry = json.RootElement.GetProperty("models").GetProperty(whole.Split('/')[1]);
        entry.GetProperty("ref").GetString().Should().Be("main");
        entry.GetProperty("lfs")[0].GetProperty("sha256").GetString().Should().Be(Sha256(Weights));
        (await RequestsForFilesAsync(whole)).Should().Be(0);
    }

    [Fact]
    public async Task A_repository_that_is_not_in_the_cache_is_not_imported()
    {
        await DownloadedAsync("acme/here");

        var outcome = await Executable.RunAsync(Executable.Fetcher, ["import", "acme/there"], Environment());

        outcome.ExitCode.Should().Be(3);
        outcome.Errors.Should().StartWith("error: acme/there is not a download in");
        (await Executable.RunAsync(Executable.Fetcher, ["import"], Environment())).ExitCode.Should().Be(2);
    }

    private static byte[] Weights => Bytes(3_000_000, 3);

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string BlobId(byte[] bytes) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));

    /// <summary>A repository of the hub, and the cache as <c>hf download</c> leaves it.</summary>
    private async Task<TestRepository> DownloadedAsync(string name)
    {
        var repository = hub.Repository(name).File("config.json", Config).Lfs("model.safetensors", Weights);
        var commit = await hub.CommitAsync(name);
        var folder = Path.Combine(Cache, $"models--{name.Replace("/", "--", StringComparison.Ordinal)}");
        foreach (var part in (string[])["blobs", "refs", $"snapshots/{commit}"])
            Directory.CreateDirectory(Path.Combine(folder, part));
        foreach (
            var (path, blob, bytes) in (ReadOnlySpan<(string, string, byte[])>)
                [("config.json", BlobId(Config), Config), ("model.safetensors", Sha256(Weights), Weights)]
        )
        {
            File.WriteAllBytes(Path.Combine(folder, "blobs", blob), bytes);
            File.CreateSymbolicLink(Path.Combine(folder, "snapshots", commit, path), $"../../blobs/{blob}");
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "refs", "main"), commit, Cancellation);
        await hub.ClearRecordAsync(name);
        return repository;
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await Executable.RunAsync(program, arguments)).ExitCode.Should().Be(0);

    private async Task<int> RequestsForFilesAsync(string name) =>
        (await hub.RecordAsync(name)).Count(request => request.On is "cdn" or "resolve");

    private Dictionary<string, string> Environment(NixVersion? version = null)
    {
        var environment = version is { } store ? nix.EnvironmentOf(store) : [];
        environment["HF_ENDPOINT"] = hub.Endpoint;
        environment["HOME"] = _home;
        return environment;
    }

    private Task<Outcome> LockAsync(string name) =>
        PrefetchAsync("lock", "add", name, "--lock-file", Path.Combine(_home, "models.lock.json"));

    private Task<Outcome> PrefetchAsync(params string[] arguments) =>
        Executable.RunAsync(Executable.Prefetch, arguments, Environment());
}
