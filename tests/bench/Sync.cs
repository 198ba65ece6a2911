using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>A configuration of many models. The cache is in memory, so that our work and Nix's answers are measured and
/// not how fast a disk makes links.</summary>
internal static class Sync
{
    private const string Title = "sync: 200 models of 40 files";

    public static void Run(Report report, string folder, string nixAiModels)
    {
        if (!report.Includes(Title))
            return;
        var place = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : folder, $"bench-{Environment.ProcessId}");
        var configured = new Configured(place, models: 200, files: 40);
        string[] sync = [nixAiModels, "sync", "--manifest", configured.Manifest];
        var costs = Measure<Cost>(
            Title,
            [
                (
                    "the first: 8,000 files, 16,000 blobs linked",
                    () =>
                    {
                        configured.Unlink();
                        return Shell.Time(folder, sync, configured.Environment);
                    }
                ),
                ("unchanged", () => Shell.Time(folder, sync, configured.Environment)),
            ]
        );
        Shell.Run("chmod", ["-R", "u+w", place]);
        Directory.Delete(place, recursive: true);
        report.AddSection(
            Title,
            "All of them already in the store; Nix' own commands included.",
            ["run", "wall, s", "CPU, s", "peak memory, MiB"],
            costs.Select(run =>
                (string[])
                    [
                        run.Key,
                        $"{Median(run.Value.Select(cost => cost.Wall)):0.00}",
                        $"{Median(run.Value.Select(cost => cost.Cpu)):0.00}",
                        $"{Median(run.Value.Select(cost => cost.Peak)):0}",
                    ]
            )
        );
    }
}
