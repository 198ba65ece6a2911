using NixAiModels.Nar;
using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Published;

/// <summary>The executable for 64-bit ARM, as <c>make cross</c> leaves it, run by QEMU's user mode.</summary>
public sealed class ArmTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    public async Task It_downloads_and_hashes_what_a_hub_has()
    {
        var repository = hub.Repository("acme/arm")
            .File("config.json", "{}")
            .Lfs("model.safetensors", [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * i >> 7))]);
        var hash = (await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri;

        var fetched = await RunAsync("nix-prefetch-hf", "acme/arm", "--no-store", "--format", "sri");
        var hashed = await RunAsync("nix-ai-models", "hash", repository.Folder);

        fetched.ExitCode.Should().Be(0, fetched.Errors);
        fetched.Output.Trim().Should().Be(hash);
        fetched.Errors.Should().Contain("all verified");
        hashed.Output.Trim().Should().Be(hash, hashed.Errors);
    }

    [Fact(Explicit = true)]
    public async Task It_downloads_over_tls()
    {
        await using var https = await TestHubFixture.StartAsync("--https");
        https.Repository("acme/tls").File("config.json", "{}");

        var fetched = await RunAsync(
            "nix-prefetch-hf",
            new Dictionary<string, string>
            {
                ["HF_ENDPOINT"] = https.Endpoint,
                ["SSL_CERT_FILE"] = https.CertificateAuthorityFile,
            },
            "acme/tls",
            "--no-store"
        );

        fetched.ExitCode.Should().Be(0, fetched.Errors);
    }

    [Fact(Explicit = true)]
    public async Task It_tells_a_sound_model_from_a_dangerous_one()
    {
        _folder.Write("sound/config.json", "{}");
        _folder.Write("dangerous/pytorch_model.bin", "cposix\nsystem\n(S'true'\ntR.");

        var sound = await RunAsync("nix-ai-models", "validate", _folder["sound"]);
        var dangerous = await RunAsync("nix-ai-models", "validate", _folder["dangerous"]);

        sound.ExitCode.Should().Be(0, sound.Errors);
        dangerous.ExitCode.Should().Be((int)ExitCode.Validation, dangerous.Output + dangerous.Errors);
        dangerous.Output.Should().Contain("posix.system");
    }

    // Folders are opened with other numbers than on x86-64, and without openat2, which QEMU does not know.
    [Fact(Explicit = true)]
    public async Task It_links_a_configured_model_and_removes_it()
    {
        using var machine = new SharedMachine();
        var link = $"{machine.Folder}/snapshots/{SharedMachine.Commit}";

        var linked = await RunAsync("nix-ai-models", "sync", "--manifest", machine.Manifest());
        linked.ExitCode.Should().Be(0, linked.Errors);
        File.Exists($"{link}/config.json").Should().BeTrue();

        var removed = await RunAsync("nix-ai-models", "sync", "--manifest", machine.Manifest(empty: true));
        removed.ExitCode.Should().Be(0, removed.Errors);
        Directory.Exists(link).Should().BeFalse();
        Directory.Exists(machine.Raw).Should().BeTrue();
    }

    [Fact(Explicit = true)]
    public async Task It_signs_a_model_and_copies_it()
    {
        _folder.Write("model/config.json", "{}");
        var key = await Executable.RunAsync(
            "nix",
            ["--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", "arm-1"]
        );
        _folder.Write("arm-1.secret", key.Output);

        var signed = await RunAsync(
            "nix-ai-models",
            "sign",
            _folder["model"],
            "--repo",
            "acme/arm",
            "--key-file",
            _folder["arm-1.secret"],
            "--output",
            _folder["manifest.json"]
        );
        var copied = await RunAsync("nix-ai-models", "export", _folder["model"], "--copy", _folder["copy"]);

        signed.ExitCode.Should().Be(0, signed.Errors);
        File.ReadAllText(_folder["manifest.json"]).Should().Contain("arm-1:");
        copied.ExitCode.Should().Be(0, copied.Errors);
        File.ReadAllText(_folder["copy/config.json"]).Should().Be("{}");
    }

    private Task<Outcome> RunAsync(string name, params string[] arguments) =>
        RunAsync(name, new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint }, arguments);

    private async Task<Outcome> RunAsync(string name, Dictionary<string, string> environment, params string[] arguments)
    {
        var system = Path.Combine(Executable.Root, "artifacts/aarch64");
        environment["HOME"] = _folder.Root;
        return await Executable.RunAsync(
            "qemu-aarch64-static",
            // The loader is named: told of a folder with one (-L), QEMU also takes that for /.
            [
                $"{system}/lib/ld-linux-aarch64.so.1",
                "--library-path",
                $"{system}/lib:{system}/usr/lib/aarch64-linux-gnu:{system}/bin",
                "--argv0",
                name,
                $"{system}/bin/nix-ai-models",
                .. arguments,
            ],
            environment,
            _folder.Root
        );
    }
}
