namespace NixAiModels.Bench;

/// <summary>What must not grow with the size of things: memory for a large file in many ranges, and evaluation of many
/// models.</summary>
internal sealed class Limits(Report report, string root, string folder, Client client)
{
    private const string Title = "Limits";
    private const long Sparse = 16L << 30;
    private const int Models = 1000;

    public void Run()
    {
        if (!report.Includes(Title))
            return;
        Nginx.MakeSparseRepository(folder, "sparse", Sparse);
        var ranges = client.Prefetch($"http://127.0.0.1:{Nginx.Port}", "sparse", "--connections", "64");
        Directory.Delete(client.Output, recursive: true);
        var evaluation = Evaluate(
            $$"""
            builtins.stringLength (toString (map (model: model.drvPath) (builtins.attrValues (
              (import {{root}}/tests/nix/offline.nix { }).mkModels (builtins.listToAttrs (builtins.genList
                (n: {
                  name = "model-${toString n}";
                  value = {
                    source.huggingface = { repo = "bench/model-${toString n}"; rev = "{{Nginx.Commit}}"; };
                    hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
                  };
                })
                {{Models}}))))))
            """
        );
        report.AddSection(
            Title,
            "One run of each.",
            ["what", "wall, s", "CPU, s", "peak memory, MiB"],
            [
                Row("16 GiB of zeros (a sparse file), 64 connections, `--no-store`", ranges),
                Row("evaluation of 1,000 models, validated and linked: `nix-instantiate --eval`", evaluation),
            ]
        );
    }

    private Cost Evaluate(string expression)
    {
        using var store = new ScratchStore(folder);
        return store.Time("nix-instantiate", "--eval", "--strict", "-E", expression).Cost;
    }

    private static string[] Row(string what, Cost cost) =>
        [what, $"{cost.Wall:0.0}", $"{cost.Cpu:0.0}", $"{cost.Peak:0}"];
}
