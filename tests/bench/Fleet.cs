using System.Diagnostics;

namespace NixAiModels.Bench;

/// <summary>Machines that substitute a model and its update, of which one shard has changed, from one binary cache:
/// what the cache holds, what it serves. docs/fleet.md has the results.</summary>
internal sealed class Fleet(Report report, string root, string folder, string prefetch)
{
    private const string Title = "A fleet";
    private const int Machines = 20;
    private const int Shards = 14;
    private const int Shard = 10_000_000;
    private const int AtOnce = 4;

    private readonly string _fleet = Path.Combine(folder, "fleet");

    private string Repository => Path.Combine(_fleet, "hub/models/acme/fleet");

    private string Lock => Path.Combine(_fleet, "models.lock.json");

    /// <summary>What nginx serves at <see cref="Nginx.FleetPort"/>.</summary>
    private string Cache => Path.Combine(_fleet, "cache");

    public void Run()
    {
        if (!report.Includes(Title))
            return;
        Remove(_fleet);
        Directory.CreateDirectory(Path.Combine(_fleet, "etc"));
        File.WriteAllText(
            Path.Combine(_fleet, "etc/nix.conf"),
            "build-users-group =\nsubstituters =\nexperimental-features = nix-command\n"
        );
        var secret = Path.Combine(_fleet, "secret");
        File.WriteAllText(
            secret,
            Shell.Output("nix", ["key", "generate-secret", "--key-name", "fleet-1"], Variables(""))
        );
        var key = Shell.Output("sh", ["-c", $"nix key convert-secret-to-public <{secret}"], Variables(""));

        var rows = new List<string[]>();
        foreach (var way in (string[])["locked", "one hash"])
        {
            Remove(Path.Combine(_fleet, "hub"));
            Write("main", Enumerable.Range(0, Shards));
            using var hub = new HubProcess(root, Path.Combine(_fleet, "hub"));
            rows.Add(Row($"{way}: first", Serve(way, "main", hub.Endpoint, key)));
            Shell.Run("cp", ["-r", Path.Combine(Repository, "main"), Path.Combine(Repository, "newer")]);
            Write("newer", [3]);
            rows.Add(Row($"{way}: update of one shard", Serve(way, "newer", hub.Endpoint, key)));
            foreach (var made in (string[])["cache", "store", "machines"])
                Remove(Path.Combine(_fleet, made));
        }

        Remove(_fleet);
        report.AddSection(
            Title,
            $"{Machines} stores substitute a model of {Shards} shards of {Shard / 1e6:0} MB from one HTTP cache on\n"
                + $"the same machine, {AtOnce} at a time, Nix 2.8, then its update with one other shard.",
            [
                "model",
                "the cache grows by, MB",
                "archives",
                "served to a machine, MB",
                "archives asked for",
                ".narinfo asked for",
                $"{Machines} machines, s",
            ],
            rows
        );
    }

    private sealed record Served(
        double Grown,
        int Archives,
        double Bytes,
        double NarRequests,
        double InfoRequests,
        double Wall
    );

    private Served Serve(string way, string revision, string endpoint, string key)
    {
        var expression = Expression(way, revision, endpoint);
        string[] build = ["--no-out-link", "-E", expression];
        var builder = Path.Combine(_fleet, "store");
        var variables = Variables("builder");
        variables["HF_ENDPOINT"] = endpoint;
        var model = Shell.Output("nix-build", [.. build, "--store", builder], variables);
        var before = Archives();
        string[] copy = ["copy", "--store", builder, "--to"];
        Shell.Output("nix", [.. copy, $"file://{Cache}?compression=none&secret-key={_fleet}/secret", model], variables);
        var added = Archives().Except(before).ToArray();

        var log = Path.Combine(folder, "fleet.log");
        File.WriteAllText(log, "");
        var started = Stopwatch.GetTimestamp();
        Parallel.For(
            0,
            Machines,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            machine =>
                Shell.Output("nix-build", [.. build, .. Substituting(machine, key)], Variables($"home-{machine}"))
        );
        var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        // STATUS BYTES PATH
        var requests = File.ReadAllLines(log).Select(line => line.Split(' ')).ToArray();
        double Asked(string kind) => (double)requests.Count(request => request[2].Contains(kind)) / Machines;
        return new Served(
            added.Sum(file => new FileInfo(file).Length) / 1e6,
            added.Length,
            requests.Sum(request => double.Parse(request[1])) / 1e6 / Machines,
            Asked("/nar/"),
            Asked(".narinfo"),
            wall
        );
    }

    private string[] Substituting(int machine, string key) =>
        [
            "--store",
            Path.Combine(_fleet, "machines", $"{machine}"),
            "--option",
            "substituters",
            $"http://127.0.0.1:{Nginx.FleetPort}",
            "--option",
            "trusted-public-keys",
            key,
            "--option",
            "max-jobs",
            "0",
        ];

    private string Expression(string way, string revision, string endpoint)
    {
        var variables = Variables("builder");
        variables["HF_ENDPOINT"] = endpoint;
        if (way == "locked")
        {
            File.Delete(Lock);
            Shell.Output(
                prefetch,
                ["lock", "add", "acme/fleet", "--rev", revision, "--lock-file", Lock, "--name", "fleet"],
                variables
            );
        }

        var pin =
            way == "locked"
                ? $"lockFile = {Lock};"
                : $$"""
                    source.huggingface = { repo = "acme/fleet"; rev = "{{revision}}"; };
                    hash = "{{Shell.Output(
                        prefetch,
                        ["acme/fleet", "--rev", revision, "--no-store", "--format", "sri"],
                        variables
                    )}}";
                    """;
        return $$"""
            (import {{root}}/tests/nix/offline.nix { }).fetchModel
              { name = "fleet"; validation.preset = "minimal"; {{pin}} }
            """;
    }

    private string[] Archives() => Directory.Exists(Cache) ? Directory.GetFiles(Path.Combine(Cache, "nar")) : [];

    private Dictionary<string, string> Variables(string home) =>
        new()
        {
            ["HOME"] = Directory.CreateDirectory(Path.Combine(_fleet, "homes", home)).FullName,
            ["NIX_CONF_DIR"] = Path.Combine(_fleet, "etc"),
            ["HF_TOKEN"] = "",
        };

    private void Write(string revision, IEnumerable<int> shards)
    {
        var files = Directory.CreateDirectory(Path.Combine(Repository, revision)).FullName;
        File.WriteAllText(Path.Combine(files, "config.json"), "{}");
        File.WriteAllText(Path.Combine(files, "README.md"), $"# {revision}\n");
        foreach (var shard in shards)
        {
            var bytes = new byte[Shard];
            Random.Shared.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(files, $"model-{shard + 1:00000}-of-{Shards:00000}.bin"), bytes);
        }
    }

    private static void Remove(string path)
    {
        if (!Directory.Exists(path))
            return;
        Shell.Run("chmod", ["-R", "u+w", path]);
        Directory.Delete(path, recursive: true);
    }

    private static string[] Row(string what, Served served) =>
        [
            what,
            $"{served.Grown:0.0}",
            $"{served.Archives}",
            $"{served.Bytes:0.0}",
            $"{served.NarRequests:0.#}",
            $"{served.InfoRequests:0.#}",
            $"{served.Wall:0.0}",
        ];
}
