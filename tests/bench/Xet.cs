using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using NixAiModels.Xet;
using static NixAiModels.Bench.Report;

namespace NixAiModels.Bench;

/// <summary>The plain way beside Xet, and what an update costs, from the test hub: it serves both.</summary>
internal sealed class Xet(Report report, string folder, string root, string prefetch)
{
    private const string Title = "Xet";
    private const int Size = 1 << 30;
    private const int Step = 1 << 20;

    private readonly string _root = Path.Combine(folder, "xet");
    private readonly string _store = Path.Combine(folder, "xet-store");
    private readonly string _output = Path.Combine(folder, "xet-out");

    public void Run()
    {
        if (!report.Includes(Title))
            return;
        MakeRepositories();
        using (var hub = new HubProcess(root, _root, "--xet"))
        {
            Warm(hub.Endpoint);
            AddSpeeds(hub.Endpoint);
            AddUpdates(hub.Endpoint);
        }

        report.Add($"Cutting a file into chunks: {CuttingSpeed():0.0} GB/s a core.", "");
        Array.ForEach([_root, _store, _output], each => Directory.Delete(each, recursive: true));
    }

    // The hub cuts all files when the first listing is asked for.
    private static void Warm(string endpoint)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        client.GetStringAsync(new Uri($"{endpoint}/api/models/acme/weights/tree/main")).Wait();
    }

    private void AddSpeeds(string endpoint)
    {
        using var client = new HttpClient();
        var rows = new List<string[]>();
        foreach (
            var (line, fault) in ((string, object?)[])
                [
                    ("30 MB/s a connection", new { kind = "bandwidth", bytes_per_second = 30_000_000 }),
                    (
                        "2 MB/s a connection, plain only",
                        new
                        {
                            kind = "bandwidth",
                            on = "cdn",
                            bytes_per_second = 2_000_000,
                        }
                    ),
                    ("unthrottled", null),
                ]
        )
        {
            using var cleared = client.DeleteAsync(new Uri($"{endpoint}/_faults")).Result;
            using var set = fault is null ? null : client.PostAsJsonAsync($"{endpoint}/_faults", fault).Result;
            var costs = Measure<Cost>(
                $"{Title}, {line}",
                [
                    ("plain", () => Prefetch(endpoint, "weights", "main", "--transport", "plain")),
                    ("xet", () => Prefetch(endpoint, "weights", "main", "--transport", "xet")),
                    ("auto", () => Prefetch(endpoint, "weights", "main")),
                ]
            );
            rows.AddRange(
                costs.Select(way =>
                {
                    var wall = Median(way.Value.Select(cost => cost.Wall));
                    return (string[])
                        [
                            line,
                            way.Key,
                            $"{wall:0.00}",
                            $"{Size / wall / 1e6:0}",
                            $"{Median(way.Value.Select(cost => cost.Cpu)):0.0}",
                            $"{Median(way.Value.Select(cost => cost.Peak)):0}",
                        ];
                })
            );
        }

        report.AddSection(
            Title,
            "One file of 1 GiB from the test hub, a .NET program on the same cores that serves both ways.",
            ["line", "way", "wall, s", "MB/s", "CPU, s", "peak memory, MiB"],
            rows
        );
    }

    private void AddUpdates(string endpoint)
    {
        var rows = new List<string[]>();
        foreach (var update in (string[])["layers", "metadata", "front"])
        {
            var name = $"hf+acme+weights+{Commit(endpoint, "main")}";
            var older = Path.Combine(_store, new string('0', 32) + "-" + name);
            Directory.CreateDirectory(older);
            File.CreateSymbolicLink(
                Path.Combine(older, "model.safetensors"),
                Path.Combine(_root, "models/acme/weights/main/model.safetensors")
            );
            var costs = Measure<(Cost Cost, long Bytes)>(
                $"{Title}, {update}",
                [
                    ("plain", () => Counted(endpoint, update, "--transport", "plain")),
                    ("auto", () => Counted(endpoint, update)),
                ]
            );
            Directory.Delete(older, recursive: true);
            string Wall(string way) => $"{Median(costs[way].Select(each => each.Cost.Wall)):0.00}";
            string Bytes(string way) => $"{Median(costs[way].Select(each => (double)each.Bytes)) / 1e6:0.0}";
            rows.Add([
                update switch
                {
                    "layers" => "a fine-tune: the last 10 % changed",
                    "metadata" => "a GGUF's metadata: 4 kB replaced by 5 kB",
                    _ => "1,000 bytes inserted at the front",
                },
                Bytes("plain"),
                Bytes("auto"),
                Wall("plain"),
                Wall("auto"),
                $"{Median(costs["auto"].Select(each => each.Cost.Cpu)):0.0}",
                $"{Median(costs["auto"].Select(each => each.Cost.Peak)):0}",
            ]);
        }

        report.AddSection(
            "Xet: an update of 1 GiB with the older version in the store",
            "",
            ["change", "plain, MB", "xet, MB", "plain, s", "xet, s", "CPU, s", "peak memory, MiB"],
            rows
        );
    }

    private (Cost Cost, long Bytes) Counted(string endpoint, string revision, params string[] options)
    {
        using var client = new HttpClient();
        using (client.DeleteAsync(new Uri($"{endpoint}/_record")).Result)
        {
            var cost = Prefetch(endpoint, "weights", revision, options);
            using var record = JsonDocument.Parse(client.GetStringAsync(new Uri($"{endpoint}/_record")).Result);
            var bytes = record
                .RootElement.EnumerateArray()
                .Where(request => request.GetProperty("origin").GetString() == "cdn")
                .Sum(request => request.GetProperty("bytes").GetInt64());
            return (cost, bytes);
        }
    }

    private Cost Prefetch(string endpoint, string repository, string revision, params string[] options)
    {
        if (Directory.Exists(_output))
            Directory.Delete(_output, recursive: true);
        Directory.CreateDirectory(_output);
        return Shell.Time(
            _output,
            [prefetch, $"acme/{repository}", "--rev", revision, "--no-store", "--format", "sri", .. options],
            new Dictionary<string, string>
            {
                ["HF_ENDPOINT"] = endpoint,
                ["XDG_CACHE_HOME"] = _output,
                ["NIX_STORE_DIR"] = _store,
                ["HF_TOKEN"] = "",
            }
        );
    }

    private static string Commit(string endpoint, string revision)
    {
        using var client = new HttpClient();
        using var json = JsonDocument.Parse(
            client.GetStringAsync(new Uri($"{endpoint}/api/models/acme/weights/revision/{revision}")).Result
        );
        return json.RootElement.GetProperty("sha").GetString()!;
    }

    private void MakeRepositories()
    {
        Directory.CreateDirectory(_store);
        var main = Model("main", [(0, Size)], []);
        Thread.Sleep(100); // the hub cuts the oldest file first
        Model("layers", [(0, Size / 10 * 9)], Weights(Size - (Size / 10 * 9), 2), main);
        Model("metadata", [], Weights(5000, 3), main, 4096);
        Model("front", [], Weights(1000, 4), main, 0);
    }

    /// <summary>A model file: new weights, or those of another file and more before or after them.</summary>
    private string Model(
        string revision,
        (int Offset, int Length)[] parts,
        byte[] added,
        string? of = null,
        int from = 0
    )
    {
        var path = Path.Combine(_root, "models/acme/weights", revision, "model.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        if (of is null)
        {
            for (var i = 0; i < Size / Step; i++)
                file.Write(Weights(Step, 100 + i));
            return path;
        }

        using var older = File.OpenRead(of);
        if (parts.Length == 0)
            file.Write(added);
        older.Position = from;
        var rest = parts.Length == 0 ? Size - from : parts[0].Length;
        var buffer = new byte[Step];
        for (int read; rest > 0; rest -= read)
        {
            read = older.Read(buffer, 0, Math.Min(buffer.Length, rest));
            file.Write(buffer, 0, read);
        }

        if (parts.Length > 0)
            file.Write(added);
        return path;
    }

    /// <summary>Numbers in bfloat16, of which the upper bytes are alike.</summary>
    private static byte[] Weights(int count, int seed)
    {
        var bytes = new byte[count];
#pragma warning disable CA5394 // repeatable, not secret
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        for (var i = 1; i < count; i += 2)
            bytes[i] = (byte)(0x3c + (bytes[i] & 0x83));
        return bytes;
    }

    private static double CuttingSpeed()
    {
        var bytes = Weights(256 << 20, 5);
        var started = Stopwatch.GetTimestamp();
        var position = 0;
        while (position < bytes.Length)
            position += ContentChunker.NextLength(bytes.AsSpan(position));
        return bytes.Length / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9;
    }
}
