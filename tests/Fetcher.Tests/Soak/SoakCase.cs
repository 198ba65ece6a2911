using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Soak;

/// <summary>How a case brings its repository to this machine.</summary>
public enum SoakWay
{
    /// <summary>Only the hash is wanted.</summary>
    NoStore,

    /// <summary>Into a store, through a folder that outlives an interruption.</summary>
    Store,

    /// <summary>Straight into a store.</summary>
    Stream,

    /// <summary>A fixed-output derivation in the sandbox of the old Nix.</summary>
    BuildOld,

    /// <summary>The same with a current Nix.</summary>
    BuildCurrent,

    /// <summary>Pinned file by file in a lock file.</summary>
    Lock,

    /// <summary>Only the hash, on a disk that is too small.</summary>
    FullDisk,
}

/// <summary>A repository of random shape with random faults at random places. Everything follows from the
/// seed.</summary>
public sealed class SoakCase
{
    private static readonly int[] OddStatuses = [204, 400, 403, 404, 408, 410, 416, 421, 425, 429, 500, 502, 503];
    private readonly Random _random;

    public SoakCase(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        Way = Pick(Enum.GetValues<SoakWay>());
        IsGated = _random.Next(3) == 0;
        KillAfter =
            Way != SoakWay.FullDisk && _random.Next(4) == 0 ? TimeSpan.FromMilliseconds(_random.Next(20, 600)) : null;
        KillSignal = Pick("KILL", "TERM", "INT");
        Connections = Pick(1, 3, 8, 32);
        Files = Shape();
        Faults = [.. Enumerable.Range(0, _random.Next(0, 5)).Select(_ => Fault())];
    }

    public int Seed { get; }

    public SoakWay Way { get; }

    public bool IsGated { get; }

    /// <summary>After what time the first run is ended, if it is.</summary>
    public TimeSpan? KillAfter { get; }

    public string KillSignal { get; }

    public int Connections { get; }

    /// <summary>Paths and sizes in bytes.</summary>
    public IReadOnlyList<(string Path, int Size, bool IsLfs)> Files { get; }

    public IReadOnlyList<Dictionary<string, object>> Faults { get; }

    public string Repository => $"soak/case-{Seed}";

    /// <summary>Writes the repository's files.</summary>
    public string WriteTo(TestHubFixture hub, string token)
    {
        var repository = hub.Repository(Repository);
        foreach (var (path, size, isLfs) in Files)
        {
            var content = new byte[size];
            _random.NextBytes(content);
            _ = isLfs ? repository.Lfs(path, content) : repository.Regular(path, content);
        }

        if (IsGated)
            repository.Gated(token);
        return repository.Folder;
    }

    public override string ToString() =>
        string.Join(
            ", ",
            $"seed {Seed}: {Way}, {Connections} connections, gated: {IsGated}",
            $"{KillSignal} after {KillAfter}",
            $"files {string.Join(' ', Files)}",
            $"faults {System.Text.Json.JsonSerializer.Serialize(Faults)}"
        );

    private List<(string, int, bool)> Shape()
    {
        var files = new List<(string, int, bool)> { ("config.json", _random.Next(0, 2000), false) };
        foreach (var i in Enumerable.Range(0, _random.Next(1, 10)))
        {
            var folder = Pick("", "", "onnx/", "a/b/", "a-b/", "ü/");
            var isLfs = _random.Next(2) == 0;
            var size = _random.Next(6) switch
            {
                0 => 0,
                1 => _random.Next(1, 100),
                2 => _random.Next(100, 200_000),
                3 => (2 << 20) + _random.Next(-2, 3),
                4 => _random.Next(2 << 20, 9 << 20),
                _ => _random.Next(1 << 20, 4 << 20),
            };
            files.Add(($"{folder}file-{i}{(isLfs ? ".bin" : ".txt")}", size, isLfs));
        }

        return files;
    }

    private Dictionary<string, object> Fault()
    {
        var fault = new Dictionary<string, object>
        {
            ["repo"] = Repository,
            ["skip"] = _random.Next(0, 4),
            ["times"] = _random.Next(1, 3),
        };
        var kind = Pick(
            "reset",
            "cut",
            "stall",
            "short",
            "long",
            "flip",
            "flip",
            "ignore-range",
            "wrong-content-range",
            "gzip",
            "pointer",
            "status",
            "status",
            "expired",
            "error-page",
            "latency",
            "bandwidth",
            "truncated",
            "listing-status",
            "listing-page",
            "no-next",
            "empty-page"
        );
        fault["kind"] = kind;
        switch (kind)
        {
            case "reset" or "cut":
                fault["after"] = _random.Next(0, 400_000);
                break;
            case "stall":
                fault["after"] = _random.Next(0, 400_000);
                fault["seconds"] = _random.NextDouble() * 2;
                break;
            case "short" or "long" or "wrong-content-range":
                fault["bytes"] = _random.Next(1, 5000);
                fault["chunked"] = _random.Next(2) == 0;
                break;
            case "flip":
                fault["at"] = _random.Next(0, 3 << 20);
                fault["skip"] = 0;
                break;
            case "status":
                fault["status"] = Pick(OddStatuses);
                fault["on"] = "cdn";
                break;
            case "error-page":
                fault["on"] = "cdn";
                break;
            case "latency":
                fault["ms"] = _random.Next(1, 300);
                break;
            case "bandwidth":
                fault["bytes_per_second"] = _random.Next(2_000_000, 30_000_000);
                break;
            case "listing-status":
                fault["kind"] = "status";
                fault["on"] = "tree";
                fault["status"] = Pick(500, 502, 503, 408);
                fault["skip"] = 0;
                break;
            case "listing-page":
                fault["kind"] = "error-page";
                fault["on"] = "tree";
                fault["skip"] = 0;
                break;
            case "truncated" or "no-next" or "empty-page":
                fault["skip"] = _random.Next(0, 2);
                break;
        }

        return fault;
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
