using System.Text.Json.Nodes;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Cache;

/// <summary>A model that a machine may not fetch without a token.</summary>
internal static class GatedModel
{
    /// <summary>A gated repository of the hub and a model of it that is not built: only its .drv files are
    /// there.</summary>
    internal static async Task<TestModel> OfAsync(
        TestHubFixture hub,
        PrivateStore store,
        string token,
        string repository
    )
    {
        hub.Repository(repository).File("config.json", "{}").Lfs("model.safetensors", new byte[100_000]).Gated(token);
        var name = $"hf+{repository.Replace('/', '+')}+main";
        var hash = (
            await NarHash.OfPathAsync(hub.Repository(repository).Folder, TestContext.Current.CancellationToken)
        ).Sri;
        // The snapshot's own builder always fails: whoever gets the model has it from elsewhere.
        var expression = $$"""
            let
              system = builtins.currentSystem;
              raw = derivation { name = "{{name}}"; inherit system; builder = "/bin/sh"; args = [ "-c" "exit 4" ];
                outputHash = "{{hash}}"; outputHashMode = "recursive"; };
              model = derivation { name = "gated"; inherit system raw; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
                outputs = [ "out" "report" ];
                args = [ "-c" "mkdir $out && ln -s $raw $out/raw && echo '{\"files\":[]}' > $report" ]; };
            in [ raw model ]
            """;
        var derivations = store.Nix("nix-instantiate", "-E", expression).Split('\n');
        var outputs = derivations
            .SelectMany(derivation =>
                store.Nix("nix-store", "--query", "--outputs", derivation.Split('!')[0]).Split('\n')
            )
            .Distinct()
            .ToArray();
        return new TestModel(
            repository[5..],
            repository,
            PrivateStore.Hex(repository),
            ["main"],
            false,
            outputs.Single(path => path.EndsWith(name, StringComparison.Ordinal)),
            outputs.Single(path => path.EndsWith("-gated", StringComparison.Ordinal)),
            outputs.Single(path => path.EndsWith("-gated-report", StringComparison.Ordinal)),
            derivations[1].Split('!')[0],
            new JsonObject
            {
                ["repo"] = repository,
                ["repoType"] = "model",
                ["rev"] = "main",
                ["endpoint"] = hub.Endpoint,
                ["name"] = name,
                ["outputHash"] = hash,
            }
        );
    }
}
