using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>A model of 8 GiB on its way into the store: the peak of the disk counts, too.</summary>
internal sealed class StoreImport(Report report, string folder, string ours)
{
    private const string Title = "8 GiB into the store";
    private const int Files = 4;
    private const long Size = 2L << 30;

    public void Run()
    {
        if (!report.Includes(Title))
            return;
        Nginx.MakeRepository(folder, "model", Enumerable.Range(0, Files).Select(i => ($"model-{i}.safetensors", Size)));
        using var store = new ScratchStore(folder);
        string[] prefetch = [ours, "bench/model", "--rev", Nginx.Commit, "--format", "sri"];
        var url = $"http://127.0.0.1:{Nginx.Port}";
        var eachFile = $"for i in 0 1 2 3; do nix-prefetch-url {url}/model/model-$i.safetensors; done";
        var runs = Measure<(Cost Cost, double Disk)>(
            Title,
            [
                ("ours, resumable (the default)", () => store.Time(prefetch)),
                ("ours, `--stream`", () => store.Time([.. prefetch, "--stream"])),
                (
                    "nix-prefetch-url, file after file (hashes, verifies nothing)",
                    () => store.Time("sh", "-ec", eachFile)
                ),
            ]
        );
        report.AddSection(
            Title,
            "Four files of 2 GiB, unthrottled, into a new store, Nix 2.8's daemon as a child process. Memory is\n"
                + "that of the largest process.",
            ["way", "wall, s", "CPU, s", "peak memory, MiB", "peak disk, GiB"],
            runs.Select(way =>
                (string[])
                    [
                        way.Key,
                        $"{Median(way.Value.Select(run => run.Cost.Wall)):0.0}",
                        $"{Median(way.Value.Select(run => run.Cost.Cpu)):0.0}",
                        $"{Median(way.Value.Select(run => run.Cost.Peak)):0}",
                        $"{Median(way.Value.Select(run => run.Disk)):0.0}",
                    ]
            )
        );
    }
}
