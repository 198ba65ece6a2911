using NixAiModels.Sync;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>An old and a current Nix are asked the same way and answer the same.</summary>
public sealed class NixVersionTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_gated_model_comes_is_kept_and_goes(NixVersion version)
    {
        // The fixture has installed the current Nix.
        nix.Folder.Should().NotBeEmpty();
        using var store = new PrivateStore(version);
        var model = await GatedModel.OfAsync(hub, store, "hf_right", $"acme/with-{version}".ToLowerInvariant());
        var outcome = await Executable.RunAsync(
            Executable.Fetcher,
            [
                "sync",
                "--manifest",
                store.Manifest([model], auth: new { tokenEnvVar = "HF_TOKEN", endpoints = new[] { hub.Endpoint } }),
            ],
            new Dictionary<string, string> { ["HF_TOKEN"] = "hf_right", ["HOME"] = store["home"] }
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);

        store.Nix("nix-collect-garbage");
        CacheView.Complaints(store.Cache).Should().BeEmpty();
        File.Exists(Path.Combine(store.Cache, model.Folder, "snapshots", model.Commit, "config.json"))
            .Should()
            .BeTrue();
        (await new SyncRun(SyncManifest.Read(store.Manifest([])), null, dryRun: false).RunAsync(Cancellation))
            .Should()
            .Be(ExitCode.Done);
        store.Nix("nix-collect-garbage");

        Directory.Exists(model.Raw).Should().BeFalse();
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_refused_model_hands_on_its_exit_code(NixVersion version)
    {
        using var store = new PrivateStore(version);
        var derivation = store.Nix(
            "nix-instantiate",
            "-E",
            """
            derivation {
              name = "refused"; system = builtins.currentSystem; builder = "/bin/sh";
              args = [ "-c" "echo error: a pickle that runs code; exit 8" ];
            }
            """
        );
        var output = store.Nix("nix-store", "--query", "--outputs", derivation);
        var model = new TestModel(
            "refused",
            "acme/refused",
            PrivateStore.Hex("x"),
            ["main"],
            false,
            output,
            output,
            output,
            derivation
        );

        (await new SyncRun(SyncManifest.Read(store.Manifest([model])), null, dryRun: false).RunAsync(Cancellation))
            .Should()
            .Be(ExitCode.Validation);
    }
}
