using NixAiModels.Locking;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Locking;

/// <summary>The published executable and a test hub, with a lock file in a temporary folder.</summary>
internal sealed class LockBench(TestHubFixture hub) : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("lock-").FullName;

    public string File => Path.Combine(Folder, "models.lock.json");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Text => System.IO.File.ReadAllText(File);

    /// <summary>The entry of a repository.</summary>
    public RepositoryEntry Repository(string name) => (RepositoryEntry)LockFile.Read(File).Models[name];

    /// <summary>Runs <c>nix-prefetch-hf</c> in the folder, without a store.</summary>
    public Task<Outcome> PrefetchAsync(params string[] arguments) =>
        Executable.RunAsync(Executable.Prefetch, arguments, Environment, Folder);

    /// <summary>Runs <c>nix-prefetch-hf lock</c> in the folder, without a store.</summary>
    public Task<Outcome> LockAsync(params string[] arguments) => PrefetchAsync(["lock", .. arguments]);

    /// <summary>Runs <c>nix-ai-models</c> in the folder.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) =>
        Executable.RunAsync(Executable.Fetcher, arguments, Environment, Folder);

    /// <summary>Pins a repository, which must succeed.</summary>
    public async Task<Outcome> PinAsync(string repository, params string[] arguments)
    {
        var outcome = await LockAsync(["add", repository, .. arguments]);
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return outcome;
    }

    /// <summary>Signs every entry with a new key of a name and returns the public one.</summary>
    public async Task<string> SignAsAsync(string name)
    {
        var secret = await Executable.RunAsync(
            "nix",
            ["--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", name],
            new Dictionary<string, string> { ["HOME"] = Folder }
        );
        await System.IO.File.WriteAllTextAsync(Path.Combine(Folder, name), secret.Output);
        var outcome = await LockAsync("sign", "--key-file", name);
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return outcome.Output.Trim();
    }

    /// <summary>Builds an expression that may use <c>lockFile</c>, in the sandbox.</summary>
    public Task<Outcome> BuildAsync(NixFixture nix, NixVersion version, string expression)
    {
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return nix.BuildAsync(version, $"with {NixFixture.Offline}; let lockFile = {File}; in {expression}");
    }

    /// <summary>The files that were downloaded since the record was cleared, LFS or not.</summary>
    public async Task<IReadOnlyList<string>> DownloadedAsync() =>
        [
            .. (await hub.RecordAsync())
                .Where(request =>
                    request.File is not null
                    && request.On is "cdn" or "resolve"
                    && request.Bytes > 0
                    && request.Status is 200 or 206
                )
                .Select(request => request.File!)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Random bytes, the same for the same count and seed.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(count + seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A safetensors file with one tensor of that many bytes.</summary>
    public static byte[] Safetensors(int count, int seed = 1)
    {
        var header = System.Text.Encoding.ASCII.GetBytes(
            $$$"""{"a":{"dtype":"U8","shape":[{{{count}}}],"data_offsets":[0,{{{count}}}]}}"""
        );
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. Bytes(count, seed)];
    }

    private Dictionary<string, string> Environment =>
        new()
        {
            ["HF_ENDPOINT"] = hub.Endpoint,
            ["HOME"] = Folder,
            ["PATH"] = "/nowhere",
        };
}
