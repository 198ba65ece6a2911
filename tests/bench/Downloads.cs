using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>nix-prefetch-hf beside other downloaders. Ours verifies every byte against the listing and computes the NAR
/// hash; the others only download (nix-prefetch-url also hashes).</summary>
internal sealed class Downloads(Report report, Nginx nginx, Client client)
{
    private const long Large = 4L << 30;
    private const int SmallFiles = 1000;
    private const string OnePass = "one pass of SHA-256 on one core (openssl), no network";

    private static readonly string SnapshotDownload = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../tests/interop/snapshot-download.mjs")
    );

    private readonly string _output = client.Output;

    /// <summary>The Hub's own clients, into a cache of theirs; <c>hf</c> where Python has it.</summary>
    private (string Name, Func<string, string[]> Command)[] Libraries =>
        [
            (
                "@huggingface/hub, snapshotDownload",
                _ => ["node", SnapshotDownload, "bench/large", Nginx.Commit, Path.Combine(_output, "cache")]
            ),
            ("hf download", _ => ["hf", "download", "bench/large", "--revision", Nginx.Commit]),
        ];

    public static void MakeRepositories(string folder)
    {
        Nginx.MakeRepository(folder, "large", [("model.bin", Large)]);
        Nginx.MakeRepository(folder, "small", Enumerable.Range(0, SmallFiles).Select(i => ($"part-{i:0000}", 4096L)));
    }

    public void Run()
    {
        string[] certificate = ["--cacert", nginx.Certificate];
        var caCertificate = $"--ca-certificate={nginx.Certificate}";
        Compare(
            "4 GiB, unthrottled",
            $"http://127.0.0.1:{Nginx.Port}",
            "large",
            Large,
            [
                ("curl", url => ["curl", "-sSf", "-o", "model.bin", $"{url}/model.bin"]),
                ("wget", url => ["wget", "-q", "-O", "model.bin", $"{url}/model.bin"]),
                ("aria2c -x16 -s16", url => Aria(url)),
                ("nix-prefetch-url", url => ["nix-prefetch-url", $"{url}/model.bin"]),
                .. Libraries,
                (OnePass, _ => ["openssl", "dgst", "-sha256", Path.Combine(nginx.Folder, "files/large/model.bin")]),
            ]
        );
        Compare(
            "4 GiB, 30 MB/s per connection",
            $"http://127.0.0.1:{Nginx.SlowPort}",
            "large",
            Large,
            [("aria2c -x16 -s16", url => Aria(url))]
        );
        Compare(
            "4 GiB, HTTPS",
            $"https://127.0.0.1:{Nginx.TlsPort}",
            "large",
            Large,
            [
                ("curl", url => ["curl", "-sSf", .. certificate, "-o", "model.bin", $"{url}/model.bin"]),
                ("wget", url => ["wget", "-q", caCertificate, "-O", "model.bin", $"{url}/model.bin"]),
                ("aria2c -x16 -s16", url => Aria(url, caCertificate)),
                .. Libraries,
            ]
        );
        Compare(
            "1,000 files of 4 KiB, 20 ms until each answer",
            $"http://127.0.0.1:{Nginx.LatePort}",
            "small",
            SmallFiles * 4096,
            [
                ("curl, one connection", url => ["curl", "-sSf", "--remote-name-all", "-K", CurlList(url)]),
                ("curl --parallel", url => ["curl", "-sSf", "--parallel", "--remote-name-all", "-K", CurlList(url)]),
                ("wget", url => ["wget", "-q", "-i", UrlList(url, url => url + "\n")]),
                (
                    "aria2c -x16 -s16",
                    url =>
                        [
                            "aria2c",
                            "-q",
                            "-x16",
                            "-s16",
                            "--allow-overwrite=true",
                            "-i",
                            UrlList(url, url => url + "\n"),
                        ]
                ),
            ]
        );
    }

    private void Compare(
        string title,
        string endpoint,
        string repository,
        long bytes,
        (string Name, Func<string, string[]> Command)[] others
    )
    {
        if (!report.Includes(title))
            return;
        Directory.CreateDirectory(_output); // commands write lists of URLs there
        var costs = Measure<Cost>(
            title,
            [
                ("ours", () => client.Prefetch(endpoint, repository)),
                .. others
                    .Where(other => Shell.Has(other.Command(_output)[0]))
                    .Select(other =>
                        (
                            other.Name,
                            (Func<Cost>)(() => client.Time(endpoint, () => other.Command($"{endpoint}/{repository}")))
                        )
                    ),
            ]
        );
        Directory.Delete(_output, recursive: true);
        var mine = Median(costs["ours"].Select(cost => cost.Wall));
        report.AddSection(
            title,
            "",
            ["client", "wall, s", "MB/s", "CPU, s", "of it system", "peak memory, MiB", "wall ÷ ours"],
            costs.Select(client =>
            {
                var wall = Median(client.Value.Select(cost => cost.Wall));
                return (string[])
                    [
                        client.Key,
                        $"{wall:0.00}",
                        $"{bytes / wall / 1e6:0}",
                        $"{Median(client.Value.Select(cost => cost.Cpu)):0.0}",
                        $"{Median(client.Value.Select(cost => cost.System)):0.0}",
                        $"{Median(client.Value.Select(cost => cost.Peak)):0}",
                        $"{wall / mine:0.00}",
                    ];
            })
        );
    }

    private static string[] Aria(string url, params string[] options) =>
        [
            "aria2c",
            "-q",
            "-x16",
            "-s16",
            .. options,
            "--file-allocation=none",
            "--allow-overwrite=true",
            "-o",
            "model.bin",
            $"{url}/model.bin",
        ];

    private string CurlList(string url) => UrlList(url, url => $"url = \"{url}\"\n-O\n");

    private string UrlList(string url, Func<string, string> line)
    {
        var list = Path.Combine(_output, "urls");
        var urls = Enumerable.Range(0, SmallFiles).Select(i => $"{url}/part-{i:0000}");
        File.WriteAllText(list, string.Concat(urls.Select(line)));
        return list;
    }
}
