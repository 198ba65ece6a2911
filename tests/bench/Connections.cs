using System.Globalization;
using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>The number of connections that the fetcher finds by itself, beside fixed ones, on lines of different
/// kinds.</summary>
internal sealed class Connections(Report report, Client client)
{
    private const string Title = "Connections: the default beside fixed numbers";
    private static readonly int[] Fixed = [1, 2, 4, 8, 16, 32, 64];

    public static void MakeRepositories(string folder)
    {
        Nginx.MakeRepository(folder, "medium", [("model.bin", 1L << 30)]);
        Nginx.MakeRepository(folder, "shards", Enumerable.Range(0, 8).Select(i => ($"model-{i}.bin", 512L << 20)));
    }

    public void Run()
    {
        (string Name, string Endpoint, string Repository, int Least)[] lines =
        [
            ("HTTP, 4 GiB", $"http://127.0.0.1:{Nginx.Port}", "large", 1),
            ("HTTP, 8 shards of 512 MiB", $"http://127.0.0.1:{Nginx.Port}", "shards", 1),
            ("HTTPS, 4 GiB", $"https://127.0.0.1:{Nginx.TlsPort}", "large", 1),
            ("30 MB/s a connection, 1 GiB", $"http://127.0.0.1:{Nginx.SlowPort}", "medium", 8),
            ("30 MB/s a connection, 4 GiB", $"http://127.0.0.1:{Nginx.SlowPort}", "large", 16),
            ("20 ms until each answer, 1 GiB", $"http://127.0.0.1:{Nginx.LatePort}", "medium", 2),
            ("100 ms until each answer, 1 GiB", $"http://127.0.0.1:{Nginx.LaterPort}", "medium", 4),
            ("20 ms until each answer, 1,000 files of 4 KiB", $"http://127.0.0.1:{Nginx.LatePort}", "small", 8),
        ];
        if (!report.Includes(Title))
            return;
        report.AddSection(
            Title,
            "Wall time in seconds of `nix-prefetch-hf --no-store`, by itself and with `--connections N`; the last\n"
                + "column is the default over the best fixed number.",
            ["line", "default", .. Fixed.Select(each => $"{each}"), "default ÷ best"],
            lines.Select(line => Row(line.Name, line.Endpoint, line.Repository, line.Least))
        );
    }

    private string[] Row(string name, string endpoint, string repository, int least)
    {
        var measured = Measure<Cost>(
            name,
            [
                ("default", () => client.Prefetch(endpoint, repository)),
                .. Fixed
                    .Where(count => count >= least)
                    .Select(count =>
                        (
                            count.ToString(CultureInfo.InvariantCulture),
                            (Func<Cost>)(() => client.Prefetch(endpoint, repository, "--connections", $"{count}"))
                        )
                    ),
            ]
        );
        var walls = measured.ToDictionary(each => each.Key, each => Median(each.Value.Select(cost => cost.Wall)));
        var best = walls.Where(each => each.Key != "default").Min(each => each.Value);
        return
        [
            name,
            $"{walls["default"]:0.00}",
            .. Fixed.Select(count => walls.TryGetValue($"{count}", out var wall) ? $"{wall:0.00}" : "–"),
            $"{walls["default"] / best:0.00}",
        ];
    }
}
