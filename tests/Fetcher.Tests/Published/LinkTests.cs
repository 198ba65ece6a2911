using System.Text.Json;
using NixAiModels.Tests.Cache;

namespace NixAiModels.Tests.Published;

/// <summary><c>nix-ai-models list</c> and <c>link</c>: the models of a store, and one of them in a user's own
/// cache.</summary>
public sealed class LinkTests : IDisposable
{
    private static readonly string Commit = PrivateStore.Hex("tiny");

    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
    };

    private readonly PrivateStore _store = new();

    private string Repository => Path.Combine(_store.Cache, "models--acme--tiny");

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_model_is_linked_kept_and_unlinked_without_a_module()
    {
        var raw = Add("acme+tiny+" + Commit);
        Directory.CreateDirectory(Path.Combine(_store.Cache, "models--acme--own"));

        (await RunAsync("link", "acme/tiny")).ExitCode.Should().Be(0);

        new FileInfo($"{Repository}/snapshots/{Commit}").LinkTarget.Should().Be(raw);
        (await File.ReadAllTextAsync($"{Repository}/refs/main", Cancellation)).Should().Be(Commit);
        _store.Nix("nix-collect-garbage");
        Directory.Exists(raw).Should().BeTrue();
        (await RunAsync("link", raw)).Errors.Should().Contain("1 unchanged");
        (await RunAsync("list")).Output.Should().Contain($"linked  {Repository}/snapshots/{Commit}");

        (await RunAsync("link", "--remove", "tiny")).ExitCode.Should().Be(0);

        Directory.GetDirectories(_store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--own");
        _store.Nix("nix-collect-garbage");
        Directory.Exists(raw).Should().BeFalse();
    }

    [Fact]
    public async Task Several_models_are_linked_one_after_the_other()
    {
        Add("acme+tiny+" + Commit);
        Add("acme+other+" + Commit, "other");

        await RunAsync("link", "acme/tiny");
        (await RunAsync("link", "acme/other", "--name", "second")).ExitCode.Should().Be(0);
        (await RunAsync("link", "--remove", "acme/tiny")).ExitCode.Should().Be(0);

        Directory.GetDirectories(_store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--other");
        (await RunAsync("link", "--remove", "tiny")).Errors.Should().Contain("is not linked").And.Contain("second");
    }

    [Fact]
    public async Task What_cannot_be_linked_is_an_error_with_the_next_step()
    {
        Add("acme+tiny+" + Commit);
        Add("acme+tiny+" + PrivateStore.Hex("newer"), "newer");

        var missing = await RunAsync("link", "acme/absent");
        var several = await RunAsync("link", "acme/tiny");
        var other = await RunAsync("link", _store.Root);

        missing.ExitCode.Should().Be(3);
        missing.Errors.Should().Contain("next: nix-prefetch-hf acme/absent");
        several.ExitCode.Should().Be(2);
        several.Errors.Should().Contain("in the store 2 times").And.Contain("next: nix-ai-models link /");
        other.ExitCode.Should().Be(2);
        Directory.Exists(_store.Cache).Should().BeFalse();
    }

    [Fact]
    public async Task The_list_tells_size_revision_and_what_keeps_each_model()
    {
        var raw = Add("acme+tiny+" + Commit);
        var file = _store.AddFolder("X-Q4_K_M.gguf", new Dictionary<string, string> { ["x"] = "12345" });
        var root = _store["result"];
        _store.Nix("nix-store", "--realise", raw, "--add-root", root, "--indirect");

        var text = await RunAsync("list");
        var json = await RunAsync("list", "--format", "json");

        text.ExitCode.Should().Be(0, text.Errors);
        text.Output.Should()
            .Contain($"acme/tiny  {Commit}  9 bytes\n  {raw}\n  kept by {root}\n")
            .And.Contain($"X-Q4_K_M.gguf  5 bytes\n  {file}\n  kept by nothing")
            .And.EndWith("2 models, 14 bytes; 1 kept, 9 bytes\n");
        using var parsed = JsonDocument.Parse(json.Output);
        var model = parsed
            .RootElement.GetProperty("models")
            .EnumerateArray()
            .Single(each => each.TryGetProperty("repo", out _));
        model.GetProperty("rev").GetString().Should().Be(Commit);
        model.GetProperty("roots")[0].GetString().Should().Be(root);
        parsed.RootElement.GetProperty("partialDownloads").GetArrayLength().Should().Be(0);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Add(string name, string config = "{}") =>
        _store.AddFolder($"hf+{name}", new Dictionary<string, string>(Files) { ["config.json"] = config });

    private Task<Outcome> RunAsync(params string[] arguments) =>
        Executable.RunAsync(
            Executable.Fetcher,
            arguments,
            new Dictionary<string, string>
            {
                ["PATH"] = $"{_store.NixFolder}:{Environment.GetEnvironmentVariable("PATH")}",
                ["NIX_STORE_DIR"] = _store.StoreFolder,
                ["HOME"] = _store["home"],
                ["HF_HUB_CACHE"] = _store.Cache,
            }
        );
}
