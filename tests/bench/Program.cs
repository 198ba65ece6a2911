// Our fetcher beside its peers, one nginx on loopback, one run: wall time, processor time, peak memory.
// Arguments: a folder, and words of the one section to run, which is then only printed.
// Ours verifies every byte against the listing and computes the NAR hash; the peers only download, nix-prefetch-url
// hashes.
using NixAiModels.Bench;

var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../"));
var ours = Path.Combine(root, "artifacts", "bin", "nix-prefetch-hf");
var folder = Directory.CreateDirectory(args.FirstOrDefault() ?? Path.Combine(root, "artifacts", "bench")).FullName;
var only = args.ElementAtOrDefault(1);
const int Rounds = 3;
const long Large = 4L << 30;
Nginx.MakeRepository(folder, "large", [("model.bin", Large)]);
Nginx.MakeRepository(folder, "small", Enumerable.Range(0, 1000).Select(i => ($"part-{i:0000}", 4096L)));
using var nginx = new Nginx(folder);
var output = Path.Combine(folder, "out");

var lines = new List<string>
{
    "# Benchmarks",
    "",
    $"Measured by `make bench` on {DateTime.UtcNow:yyyy-MM-dd}: {Environment.ProcessorCount} cores, one nginx on loopback on the same machine, median of {Rounds} runs, the"
        + " commands in turn. *Ours* is `nix-prefetch-hf --no-store`, which checks every byte against the hub's listing and computes the NAR hash; the",
    "peers (but for nix-prefetch-url, which hashes) only download. Ratios are wall time over ours: above 1, ours is faster.",
    "",
};

Compare(
    "4 GiB, unthrottled",
    Nginx.Port,
    "http",
    "large",
    Large,
    [
        ("curl", url => ["curl", "-sSf", "-o", "model.bin", $"{url}/model.bin"]),
        ("wget", url => ["wget", "-q", "-O", "model.bin", $"{url}/model.bin"]),
        ("aria2c -x16 -s16", url => Aria(url, "-x16", "-s16")),
        ("nix-prefetch-url", url => ["nix-prefetch-url", $"{url}/model.bin"]),
    ]
);
Compare(
    "4 GiB, 30 MB/s per connection",
    Nginx.SlowPort,
    "http",
    "large",
    Large,
    [("aria2c -x16 -s16", url => Aria(url, "-x16", "-s16"))]
);
Compare(
    "4 GiB, HTTPS",
    Nginx.TlsPort,
    "https",
    "large",
    Large,
    [
        ("curl", url => ["curl", "-sSf", "--cacert", nginx.Certificate, "-o", "model.bin", $"{url}/model.bin"]),
        ("wget", url => ["wget", "-q", $"--ca-certificate={nginx.Certificate}", "-O", "model.bin", $"{url}/model.bin"]),
        ("aria2c -x16 -s16", url => Aria(url, "-x16", "-s16", $"--ca-certificate={nginx.Certificate}")),
    ]
);
Compare(
    "1,000 files of 4 KiB, 20 ms until each answer",
    Nginx.LatePort,
    "http",
    "small",
    1000 * 4096,
    [
        (
            "curl, one connection",
            url => ["curl", "-sSf", "--remote-name-all", "-K", UrlList(url, url => $"url = \"{url}\"\n-O\n")]
        ),
        (
            "curl --parallel",
            url =>
                ["curl", "-sSf", "--parallel", "--remote-name-all", "-K", UrlList(url, url => $"url = \"{url}\"\n-O\n")]
        ),
        ("wget", url => ["wget", "-q", "-i", UrlList(url, url => url + "\n")]),
        (
            "aria2c -x16 -s16",
            url => ["aria2c", "-q", "-x16", "-s16", "--allow-overwrite=true", "-i", UrlList(url, url => url + "\n")]
        ),
    ]
);

IntoTheStore();
Validation();
Sync();

var version = Enumerable.Range(0, 20).Select(_ => Shell.Time(folder, [ours, "--version"])).ToArray();
lines.Add(
    $"`nix-prefetch-hf --version`: {Measured(ours) * 1000:0} ms, {Median(version.Select(cost => cost.Peak)):0} MiB."
);
if (only is null)
    File.WriteAllLines(Path.Combine(root, "docs", "benchmarks.md"), lines);
Console.WriteLine(string.Join('\n', lines));

void Compare(
    string title,
    int port,
    string scheme,
    string repository,
    long bytes,
    (string Name, Func<string, string[]> Command)[] peers
)
{
    if (only is not null && !title.Contains(only, StringComparison.OrdinalIgnoreCase))
        return;
    var url = $"{scheme}://127.0.0.1:{port}/{repository}";
    var ca = new Dictionary<string, string>
    {
        ["NIX_SSL_CERT_FILE"] = nginx.Certificate,
        ["HF_ENDPOINT"] = $"{scheme}://127.0.0.1:{port}",
        ["XDG_CACHE_HOME"] = output,
        ["HF_TOKEN"] = "",
    };
    var entries = new (string Name, Func<string[]> Command)[]
    {
        ("ours", () => [ours, $"bench/{repository}", "--rev", Nginx.Commit, "--no-store", "--format", "sri"]),
    }
        .Concat(peers.Select(peer => (peer.Name, (Func<string[]>)(() => peer.Command(url)))))
        .ToArray();
    var costs = entries.ToDictionary(entry => entry.Name, _ => new List<Cost>());
    for (var round = 0; round < Rounds; round++)
    {
        foreach (var (name, command) in entries)
        {
            if (Directory.Exists(output))
                Directory.Delete(output, recursive: true);
            Directory.CreateDirectory(output);
            costs[name].Add(Shell.Time(output, command(), ca));
            Console.Error.WriteLine($"{title}: {name}: {costs[name][^1].Wall:0.00} s");
        }
    }

    Directory.Delete(output, recursive: true);
    lines.AddRange([
        $"## {title}",
        "",
        "| client | wall, s | MB/s | CPU, s | peak memory, MiB | wall ÷ ours |",
        "|---|---|---|---|---|---|",
    ]);
    var mine = Median(costs["ours"].Select(cost => cost.Wall));
    foreach (var (name, _) in entries)
    {
        var wall = Median(costs[name].Select(cost => cost.Wall));
        lines.Add(
            $"| {name} | {wall:0.00} | {bytes / wall / 1e6:0} | {Median(costs[name].Select(cost => cost.Cpu)):0.0} | "
                + $"{Median(costs[name].Select(cost => cost.Peak)):0} | {wall / mine:0.00} |"
        );
    }

    lines.Add("");
}

// A model of 8 GiB until it is in the store: what is on disk meanwhile counts too.
void IntoTheStore()
{
    const string Title = "8 GiB into the store";
    const int Files = 4;
    const long Size = 2L << 30;
    if (only is not null && !Title.Contains(only, StringComparison.OrdinalIgnoreCase))
        return;
    Nginx.MakeRepository(folder, "model", Enumerable.Range(0, Files).Select(i => ($"model-{i}.safetensors", Size)));
    var url = $"http://127.0.0.1:{Nginx.Port}";
    var home = Path.Combine(folder, "home");
    var environment = new Dictionary<string, string>
    {
        ["HF_ENDPOINT"] = url,
        ["HF_TOKEN"] = "",
        ["HOME"] = home,
        ["XDG_CACHE_HOME"] = Path.Combine(home, "cache"),
        ["TMPDIR"] = home,
        ["NIX_REMOTE"] = Path.Combine(home, "root"),
        ["NIX_CONF_DIR"] = home,
    };
    string[] prefetch = [ours, "bench/model", "--rev", Nginx.Commit, "--format", "sri"];
    (string Name, string[] Command)[] entries =
    [
        ("ours, straight into the store", prefetch),
        ("ours, `--resumable`: a folder, then `nix-store --add-fixed`", [.. prefetch, "--resumable"]),
        (
            "nix-prefetch-url, file after file (hashes, verifies nothing)",
            ["sh", "-ec", $"for i in 0 1 2 3; do nix-prefetch-url {url}/model/model-$i.safetensors; done"]
        ),
    ];
    var costs = entries.ToDictionary(entry => entry.Name, _ => new List<(Cost Cost, double Disk)>());
    for (var round = 0; round < Rounds; round++)
    {
        foreach (var (name, command) in entries)
        {
            Clear();
            Directory.CreateDirectory(home);
            File.WriteAllText(Path.Combine(home, "nix.conf"), "build-users-group =\nsubstituters =\n");
            using var disk = new DiskPeak(home);
            costs[name].Add((Shell.Time(folder, command, environment), disk.Peak));
            Console.Error.WriteLine($"{Title}: {name}: {costs[name][^1]}");
        }
    }

    Clear();
    lines.AddRange([
        $"## {Title}",
        "",
        "Four files of 2 GiB, unthrottled, into a new store, Nix 2.8's daemon as a child process. Memory is the largest process'.",
        "",
        "| way | wall, s | CPU, s | peak memory, MiB | peak disk, GiB |",
        "|---|---|---|---|---|",
    ]);
    foreach (var (name, _) in entries)
    {
        var measured = costs[name];
        lines.Add(
            $"| {name} | {Median(measured.Select(run => run.Cost.Wall)):0.0} | {Median(measured.Select(run => run.Cost.Cpu)):0.0} | "
                + $"{Median(measured.Select(run => run.Cost.Peak)):0} | {Median(measured.Select(run => run.Disk)):0.0} |"
        );
    }

    lines.Add("");

    void Clear()
    {
        if (!Directory.Exists(home))
            return;
        Shell.Run("chmod", ["-R", "u+w", home]);
        Directory.Delete(home, recursive: true);
    }
}

// Scanning beside reading, from memory: what is measured is the work, not the disk.
void Validation()
{
    const string Title = "Validation";
    if (only is not null && !Title.Contains(only, StringComparison.OrdinalIgnoreCase))
        return;
    var models = Path.Combine(folder, "models");
    var validate = Path.Combine(root, "artifacts", "bin", "nix-ai-models");
    var (safetensors, gguf, torch, shards) = (
        Models.Safetensors(models, 4L << 30),
        Models.Gguf(models, 4L << 30),
        Models.Torch(models, 2L << 30),
        Models.Shards(models, 4, 1L << 30)
    );
    (string What, string[] Command)[] entries =
    [
        ("read 4 GiB: `cat`", ["sh", "-c", $"cat {safetensors} > /dev/null"]),
        ("safetensors of 4 GiB: `--only safetensors`", [validate, "validate", safetensors, "--only", "safetensors"]),
        ("GGUF of 4 GiB: `--only gguf`", [validate, "validate", gguf, "--only", "gguf"]),
        ("read 2 GiB: `cat`", ["sh", "-c", $"cat {torch} > /dev/null"]),
        ("PyTorch zip of 2 GiB: `--only pickleScan`", [validate, "validate", torch, "--only", "pickleScan"]),
        (
            "the same, all scanners of standard but `integrity`",
            [
                validate,
                "validate",
                torch,
                .. "disguise pickleScan safetensors gguf onnx keras optInCode"
                    .Split(' ')
                    .SelectMany(name => (string[])["--only", name]),
            ]
        ),
        ("4 shards of 1 GiB: `--only integrity`", [validate, "validate", shards, "--only", "integrity"]),
        ("the same: `sha256sum`", ["sh", "-c", $"sha256sum {shards}/*"]),
        (
            "the same: `openssl dgst -sha256`, one process a core",
            ["sh", "-c", $"ls {shards}/* | xargs -n1 -P{Environment.ProcessorCount} openssl dgst -sha256"]
        ),
        ("the same: the whole preset standard", [validate, "validate", shards]),
    ];
    var costs = entries.ToDictionary(entry => entry.What, _ => new List<(double Wall, Cost Cost)>());
    for (var round = 0; round < Rounds; round++)
    {
        foreach (var (what, command) in entries)
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var cost = Shell.Time(folder, command);
            costs[what].Add((System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds, cost));
            Console.Error.WriteLine($"{Title}: {what}: {costs[what][^1]}");
        }
    }

    Directory.Delete(models, recursive: true);
    lines.AddRange([
        $"## {Title}",
        "",
        "Files in the page cache; `nix-ai-models validate`, start included.",
        "",
        "| what | wall, s | CPU, s | peak memory, MiB |",
        "|---|---|---|---|",
    ]);
    foreach (var (what, _) in entries)
    {
        lines.Add(
            $"| {what} | {Median(costs[what].Select(run => run.Wall)):0.000} | {Median(costs[what].Select(run => run.Cost.Cpu)):0.00} | {Median(costs[what].Select(run => run.Cost.Peak)):0} |"
        );
    }

    lines.Add("");
}

// A configuration of many models, in memory: what is measured is our own work and Nix' answers, not how fast a disk
// makes links.
void Sync()
{
    const string Title = "sync: 200 models of 40 files";
    if (only is not null && !Title.Contains(only, StringComparison.OrdinalIgnoreCase))
        return;
    var place = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : folder, $"bench-{Environment.ProcessId}");
    var configured = new Configured(place, models: 200, files: 40);
    string[] sync =
    [
        Path.Combine(root, "artifacts", "bin", "nix-ai-models"),
        "sync",
        "--manifest",
        configured.Manifest,
    ];
    var (first, unchanged) = (new List<Cost>(), new List<Cost>());
    for (var round = 0; round < Rounds; round++)
    {
        configured.Unlink();
        first.Add(Shell.Time(folder, sync, configured.Environment));
        unchanged.Add(Shell.Time(folder, sync, configured.Environment));
        Console.Error.WriteLine($"{Title}: {first[^1]}, {unchanged[^1]}");
    }

    Shell.Run("chmod", ["-R", "u+w", place]);
    Directory.Delete(place, recursive: true);
    lines.AddRange([
        $"## {Title}",
        "",
        "All of them in the store already, Nix' own commands included.",
        "",
        "| run | wall, s | CPU, s | peak memory, MiB |",
        "|---|---|---|---|",
    ]);
    foreach (
        var (run, costs) in ((string, List<Cost>)[])
            [("the first: 8,000 files, 16,000 blobs linked", first), ("unchanged", unchanged)]
    )
    {
        lines.Add(
            $"| {run} | {Median(costs.Select(cost => cost.Wall)):0.00} | {Median(costs.Select(cost => cost.Cpu)):0.00} | {Median(costs.Select(cost => cost.Peak)):0} |"
        );
    }

    lines.Add("");
}

static string[] Aria(string url, params string[] options) =>
    [
        "aria2c",
        "-q",
        .. options,
        "--file-allocation=none",
        "--allow-overwrite=true",
        "-o",
        "model.bin",
        $"{url}/model.bin",
    ];

string UrlList(string url, Func<string, string> line)
{
    var list = Path.Combine(output, "urls");
    File.WriteAllText(list, string.Concat(Enumerable.Range(0, 1000).Select(i => line($"{url}/part-{i:0000}"))));
    return list;
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted[sorted.Length / 2];
}

// GNU time counts in hundredths: for a start of a few milliseconds the clock of this process is finer.
double Measured(string program) =>
    Median(
        Enumerable
            .Range(0, 20)
            .Select(_ =>
            {
                var started = System.Diagnostics.Stopwatch.GetTimestamp();
                Shell.Run(program, ["--version"]);
                return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
            })
    );
