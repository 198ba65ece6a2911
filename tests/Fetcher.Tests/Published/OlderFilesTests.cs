using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Xet;

namespace NixAiModels.Tests.Published;

/// <summary>A new revision costs what changed, wherever the machine has an older one.</summary>
public sealed class OlderFilesTests : IDisposable
{
    private const string Name = "acme/updated";

    private readonly string _folder = Directory.CreateTempSubdirectory("older-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a snapshot in the store")]
    [InlineData("a file in the store")]
    [InlineData("a Hugging Face cache")]
    [InlineData("a Hugging Face cache, but plain")]
    [InlineData("nothing")]
    public async Task An_older_version_is_found_in(string place)
    {
        await using var hub = await TestHubFixture.StartAsync("--xet");
        var older = Bytes.Weights(20_000_000, seed: 60);
        var repository = hub.Repository(Name);
        repository.Revision("v1").Lfs("model.safetensors", older).File("config.json", "{}");
        await Task.Delay(200, TestContext.Current.CancellationToken); // the hub cuts the older file first
        repository
            .Lfs("model.safetensors", [.. older[..^500_000], .. Bytes.Weights(500_000, seed: 61)])
            .File("config.json", "{}");
        Put(place, older, await hub.CommitAsync(Name, "v1"));

        var outcome = await Executable.RunAsync(
            Executable.Prefetch,
            [
                Name,
                "--no-store",
                "--format",
                "sri",
                "--endpoint",
                hub.Endpoint,
                .. place.EndsWith("plain", StringComparison.Ordinal) ? ["--transport", "plain"] : (string[])[],
            ],
            new Dictionary<string, string>
            {
                ["HOME"] = _folder,
                ["XDG_CACHE_HOME"] = Path.Combine(_folder, "xdg"),
                ["HF_HUB_CACHE"] = Path.Combine(_folder, "hub"),
                ["NIX_STORE_DIR"] = Store,
            }
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome
            .Output.Trim()
            .Should()
            .Be((await NarHash.OfPathAsync(repository.Folder, TestContext.Current.CancellationToken)).Sri);
        var record = await hub.RecordAsync(Name);
        var bytes = record.Where(request => request.Origin == "cdn").Sum(request => request.Bytes);
        if (place is "nothing" || place.EndsWith("plain", StringComparison.Ordinal))
        {
            bytes.Should().BeGreaterThanOrEqualTo(20_000_000);
            record.Should().NotContain(request => request.On == "xet-read-token");
        }
        else
        {
            bytes.Should().BeLessThan(1_000_000);
            outcome.Errors.Should().MatchRegex("2 files, 20 MB, [0-9.]+ kB downloaded, all verified");
        }
    }

    private string Store => Path.Combine(_folder, "store");

    private void Put(string place, byte[] older, string commit)
    {
        Directory.CreateDirectory(Store);
        var sha256 = SHA256.HashData(older);
        switch (place)
        {
            case "a snapshot in the store":
                var tree = Path.Combine(Store, $"{new string('0', 32)}-hf+acme+updated+{commit}");
                File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(tree).FullName, "model.safetensors"), older);
                break;
            case "a file in the store":
                var output = new FixedOutput("model.safetensors", IsFlat: true);
                File.WriteAllBytes(output.PathFor(NixHash.OfDigest(sha256), Store), older);
                break;
            case "nothing":
                break;
            default:
                var blobs = Path.Combine(_folder, "hub/models--acme--updated/blobs");
                Directory.CreateDirectory(blobs);
                File.WriteAllBytes(Path.Combine(blobs, Convert.ToHexStringLower(sha256)), older);
                break;
        }
    }
}
