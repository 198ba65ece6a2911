using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Published;

/// <summary>Everything that a run leaves, starts or prints is searched for the token that it was given.</summary>
public sealed class TokenMarkerTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private const string Marker = "hf_marker7f3a9c";

    private readonly PrivateStore _store = new(folder: PrivateStore.Shared);

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("sync")]
    [InlineData("sync, refused")]
    [InlineData("prefetch")]
    [InlineData("lock")]
    public async Task A_token_is_in_no_argument_child_log_derivation_store_or_cache(string way)
    {
        var name = $"acme/marked-{way.Replace(", ", "-", StringComparison.Ordinal)}";
        var model = await GatedModel.OfAsync(hub, _store, way == "sync, refused" ? "hf_another" : Marker, name);
        RecordChildren();
        var manifest = _store.Manifest(
            [model],
            auth: new { tokenEnvVar = "MY_TOKEN", endpoints = new[] { hub.Endpoint } }
        );
        var (program, arguments) = way switch
        {
            "prefetch" => (Executable.Prefetch, (string[])[name, "--endpoint", hub.Endpoint]),
            "lock" => (
                Executable.Prefetch,
                ["lock", "add", name, "--endpoint", hub.Endpoint, "--lock-file", _store["models.lock.json"]]
            ),
            _ => (Executable.Fetcher, ["sync", "--manifest", manifest]),
        };

        var outcome = await Executable.RunAsync(
            program,
            arguments,
            new Dictionary<string, string>
            {
                ["PATH"] = $"{_store.NixFolder}:{Environment.GetEnvironmentVariable("PATH")}",
                ["HOME"] = _store["home"],
                ["HF_TOKEN"] = Marker,
                ["HUGGING_FACE_HUB_TOKEN"] = Marker,
                [program == Executable.Fetcher ? "MY_TOKEN" : "HF_TOKEN"] = Marker,
                ["NIX_STORE_DIR"] = _store.StoreFolder,
            }
        );

        outcome.ExitCode.Should().Be(way == "sync, refused" ? 4 : 0, outcome.Errors);
        (outcome.Output + outcome.Errors).Should().NotContain(Marker);
        File.ReadAllText(_store["children"]).Should().Contain("NIX_STORE_DIR=", "children were started and recorded");
        var found = $"grep -rla {Marker} {_store.Root}";
        var logged = $"find {_store.Root} -name '*.bz2' -exec bzcat {{}} + | grep {Marker}";
        SharedMachine.Run("sh", "-c", $"{found}; {logged}; true").Should().BeEmpty();
    }

    /// <summary>Nix' commands write down the arguments and the environment that they are started with.</summary>
    private void RecordChildren()
    {
        foreach (var command in Directory.GetFiles(_store.NixFolder))
        {
            File.Move(command, $"{command}.real");
            Executable.WriteScript(
                command,
                $"""
                #!/bin/sh
                tr '\0' '\n' < /proc/$$/environ >> {_store["children"]}
                tr '\0' '\n' < /proc/$$/cmdline >> {_store["children"]}
                exec {command}.real "$@"
                """
            );
        }
    }
}
