using System.Text.Json;
using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary><c>nix build</c> of a large model beside its parts: the builder alone, and Nix' own hashing of the output,
/// which is a build that only copies less the time of the copy.</summary>
internal sealed class NixBuild(Report report, string root, string folder, string prefetch, string nixAiModels)
{
    private const string Title = "nix build of 4 GiB";

    public void Run()
    {
        if (!report.Includes(Title))
            return;
        using var store = new ScratchStore(folder);
        store.Renew();
        var files = Path.Combine(folder, "files", "large");
        string[] pin = [prefetch, "bench/large", "--rev", Nginx.Commit, "--no-store", "--format", "sri"];
        var hash = Shell.Output(pin[0], pin[1..], store.Environment);
        var fetch = $$"""
            (import {{root}}/tests/nix/offline.nix { }).fetchHuggingFace
              { repo = "bench/large"; rev = "{{Nginx.Commit}}"; hash = "{{hash}}"; }
            """;
        var copyInNix = $$"""
            derivation {
              name = "copy"; system = builtins.currentSystem; builder = "/bin/cp";
              args = [ "--reflink=never" "-r" "{{files}}" (placeholder "out") ];
              outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputHash = "{{hash}}";
            }
            """;
        var copied = Path.Combine(folder, "home", "copied");
        var runs = Measure<Cost>(
            Title,
            [
                ("nix-build, ours as the builder", () => Build(store, fetch)),
                ("the builder alone, outside Nix", () => BuilderAlone(store)),
                (
                    "nix-build, a builder that only copies",
                    () => Build(store, copyInNix, "--option", "sandbox-paths", $"/bin /lib /lib64 /usr {files}")
                ),
                ("the copy alone", () => store.Time("cp", "--reflink=never", "-r", files, copied).Cost),
            ]
        );
        var walls = runs.Values.Select(costs => Median(costs.Select(cost => cost.Wall))).ToArray();
        report.AddSection(
            Title,
            "Over HTTP, unthrottled, into a new store, without a daemon, Nix 2.8. The first line over the second\n"
                + "and Nix' own hashing (the third less the fourth): "
                + $"{walls[0] / (walls[1] + walls[2] - walls[3]):0.00}.",
            ["what", "wall, s", "CPU, s", "peak memory, MiB"],
            runs.Select(run =>
                (string[])
                    [
                        run.Key,
                        $"{Median(run.Value.Select(cost => cost.Wall)):0.0}",
                        $"{Median(run.Value.Select(cost => cost.Cpu)):0.0}",
                        $"{Median(run.Value.Select(cost => cost.Peak)):0}",
                    ]
            )
        );
    }

    // A store elsewhere has its builds in the sandbox, whatever nix.conf says.
    private static Cost Build(ScratchStore store, string expression, params string[] options) =>
        store.Time(["nix-build", "--no-out-link", "-E", expression, .. options]).Cost;

    private Cost BuilderAlone(ScratchStore store)
    {
        store.Renew();
        var top = Path.Combine(folder, "home");
        var attributes = $$"""
            { "repo": "bench/large", "rev": "{{Nginx.Commit}}",
              "outputs": { "out": {{JsonSerializer.Serialize(Path.Combine(top, "out"))}} } }
            """;
        File.WriteAllText(Path.Combine(top, ".attrs.json"), attributes);
        var environment = store.Environment;
        environment["NIX_BUILD_TOP"] = top;
        return Shell.Time(folder, [nixAiModels, "fetch"], environment);
    }
}
