using System.Diagnostics;
using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>Validators beside plain reading and hashing. The files are in the page cache, so that the work is measured
/// and not the disk.</summary>
internal static class Validation
{
    private const string Title = "Validation";

    public static void Run(Report report, string folder, string validate)
    {
        if (!report.Includes(Title))
            return;
        var models = Path.Combine(folder, "models");
        var safetensors = Models.Safetensors(models, 4L << 30);
        var gguf = Models.Gguf(models, 4L << 30);
        var torch = Models.Torch(models, 2L << 30);
        var shards = Models.Shards(models, 4, 1L << 30);
        string[] Only(string path, string validators) =>
            [validate, "validate", path, .. validators.Split(' ').SelectMany(name => (string[])["--only", name])];
        (string What, string[] Command)[] entries =
        [
            ("read 4 GiB: `cat`", ["sh", "-c", $"cat {safetensors} > /dev/null"]),
            ("safetensors of 4 GiB: `--only safetensors`", Only(safetensors, "safetensors")),
            ("GGUF of 4 GiB: `--only gguf`", Only(gguf, "gguf")),
            ("read 2 GiB: `cat`", ["sh", "-c", $"cat {torch} > /dev/null"]),
            ("PyTorch zip of 2 GiB: `--only pickleScan`", Only(torch, "pickleScan")),
            (
                "the same, all scanners of standard but `integrity`",
                Only(torch, "disguise pickleScan safetensors gguf onnx keras optInCode")
            ),
            ("4 shards of 1 GiB: `--only integrity`", Only(shards, "integrity")),
            ("the same: `sha256sum`", ["sh", "-c", $"sha256sum {shards}/*"]),
            (
                "the same: `openssl dgst -sha256`, one process a core",
                ["sh", "-c", $"ls {shards}/* | xargs -n1 -P{Environment.ProcessorCount} openssl dgst -sha256"]
            ),
            ("the same: the whole preset standard", [validate, "validate", shards]),
        ];
        var runs = Measure(
            Title,
            [
                .. entries.Select(entry =>
                    (entry.What, (Func<(double Wall, Cost Cost)>)(() => Time(folder, entry.Command)))
                ),
            ]
        );
        Directory.Delete(models, recursive: true);
        report.AddSection(
            Title,
            "Files in the page cache; `nix-ai-models validate`, including start-up.",
            ["what", "wall, s", "CPU, s", "peak memory, MiB"],
            runs.Select(entry =>
                (string[])
                    [
                        entry.Key,
                        $"{Median(entry.Value.Select(run => run.Wall)):0.000}",
                        $"{Median(entry.Value.Select(run => run.Cost.Cpu)):0.00}",
                        $"{Median(entry.Value.Select(run => run.Cost.Peak)):0}",
                    ]
            )
        );
    }

    // GNU time counts in hundredths of a second: the clock of this process is finer.
    private static (double Wall, Cost Cost) Time(string folder, string[] command)
    {
        var started = Stopwatch.GetTimestamp();
        var cost = Shell.Time(folder, command);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, cost);
    }
}
