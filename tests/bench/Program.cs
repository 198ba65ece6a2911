// Our fetcher beside others, one nginx on loopback: wall time, processor time, peak memory.
// Arguments: a folder, and words of the titles of the sections to run, divided by '|': they are then only printed.
// BENCH_BIN names the folder of the executables, where they are not built here.
using System.Diagnostics;
using NixAiModels.Bench;

var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));
var programs = Environment.GetEnvironmentVariable("BENCH_BIN") ?? Path.Combine(root, "artifacts", "bin");
var prefetch = Path.Combine(programs, "nix-prefetch-hf");
var nixAiModels = Path.Combine(programs, "nix-ai-models");
var folder = Directory.CreateDirectory(args.FirstOrDefault() ?? Path.Combine(root, "artifacts", "bench")).FullName;
var only = args.ElementAtOrDefault(1);
var report = new Report(only);
Downloads.MakeRepositories(folder);
Connections.MakeRepositories(folder);
using var nginx = new Nginx(folder);

report.Add(
    "# Benchmarks",
    "",
    $"Measured by `make bench` on {DateTime.UtcNow:yyyy-MM-dd}: {Environment.ProcessorCount} cores, files on "
        + $"{Shell.Output("stat", ["-f", "-c", "%T", folder])}, one nginx on loopback on",
    $"the same machine, median of {Report.Rounds} interleaved runs. *Ours* is `nix-prefetch-hf --no-store`, which",
    "checks every byte against the hub's listing and computes the NAR hash; the others only download",
    "(nix-prefetch-url also hashes). Ratios are wall time over ours: above 1, ours is faster.",
    ""
);
var client = new Client(nginx, prefetch);
new Downloads(report, nginx, client).Run();
new Connections(report, client).Run();
new StoreImport(report, folder, prefetch).Run();
new NixBuild(report, root, folder, prefetch, nixAiModels).Run();
new Limits(report, root, folder, client).Run();
new Xet(report, folder, root, prefetch).Run();
new Fleet(report, root, folder, prefetch).Run();
Validation.Run(report, folder, nixAiModels);
Sync.Run(report, folder, nixAiModels);

var starts = Enumerable
    .Range(0, 20)
    .Select(_ =>
    {
        var started = Stopwatch.GetTimestamp();
        Shell.Run(prefetch, ["--version"]);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    })
    .ToArray();
var memory = Enumerable.Range(0, 20).Select(_ => Shell.Time(folder, [prefetch, "--version"]).Peak);
report.Add($"`nix-prefetch-hf --version`: {Report.Median(starts):0} ms, {Report.Median(memory):0} MiB.");

if (only is null)
    File.WriteAllText(Path.Combine(root, "docs", "benchmarks.md"), report.Text);
Console.Write(report.Text);
