using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NixAiModels.Terminal;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>A real Nix with a store of its own, in a folder of the test's, where its paths really are: it can be
/// collected without taking anything of anybody else's.</summary>
public sealed class PrivateStore : IDisposable
{
    /// <summary>Where other users may enter too, wherever the checkout is.</summary>
    public const string Shared = "/var/tmp/nix-ai-models-tests";

    /// <param name="version">Which Nix.</param>
    /// <param name="folder">Where to make the folder; below artifacts/ unless given.</param>
    public PrivateStore(NixVersion version = NixVersion.Old, string? folder = null)
    {
        Root = Directory
            .CreateDirectory(
                Path.Combine(
                    folder ?? Path.Combine(Executable.Root, "artifacts", "sync-tests"),
                    Guid.NewGuid().ToString("N")[..8]
                )
            )
            .FullName;
        File.WriteAllText(
            Directory.CreateDirectory(this["etc"]).FullName + "/nix.conf",
            "substituters =\nbuild-users-group =\nsandbox = false\n"
        );
        foreach (var command in (string[])["nix-store", "nix-instantiate", "nix-collect-garbage", "nix-daemon"])
        {
            var script = Path.Combine(Directory.CreateDirectory(NixFolder).FullName, command);
            Executable.WriteScript(
                script,
                $"""
                #!/bin/sh
                export NIX_STORE_DIR={StoreFolder} NIX_STATE_DIR={this["var"]} NIX_LOG_DIR={this[
                    "log"
                ]} NIX_CONF_DIR={this["etc"]}
                export NIX_REMOTE=$([ -w {Root} ] || echo unix://{this["socket"]})
                exec {(
                    version == NixVersion.Old
                        ? RealCommand(command)
                        : $"{Executable.Root}/tests/nix/newer-nix {command}"
                )} --option sandbox false "$@"
                """
            );
        }
    }

    public string Root { get; }

    public string NixFolder => this["bin"];

    public string StoreFolder => this["store"];

    /// <summary>A path in the test's folder.</summary>
    public string this[string name] => Path.Combine(Root, name);

    public string Cache => this["home/huggingface/hub"];

    public string State => this["state"];

    /// <summary>Runs a command of this Nix, which must succeed.</summary>
    public string Nix(string command, params string[] arguments)
    {
        using var process = Executable.Start(Path.Combine(NixFolder, command), arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, errors.Result);
        return output.Trim();
    }

    /// <summary>Starts the daemon by which a user who may not write to the store has it served; it trusts root
    /// alone.</summary>
    public Process StartDaemon()
    {
        var start = new ProcessStartInfo(Path.Combine(NixFolder, "nix-daemon"), [])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["NIX_DAEMON_SOCKET_PATH"] = this["socket"];
        var daemon = Process.Start(start)!;
        var wait = Stopwatch.StartNew();
        while (!File.Exists(this["socket"]) && wait.Elapsed < TimeSpan.FromSeconds(20))
            Thread.Sleep(20);
        return daemon;
    }

    /// <summary>Adds a folder of files to the store.</summary>
    public string AddFolder(string name, IReadOnlyDictionary<string, string> files)
    {
        var folder = Path.Combine(this["made"], Guid.NewGuid().ToString("N"), name);
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }

        return Nix("nix-store", "--add-fixed", "--recursive", "sha256", folder);
    }

    /// <summary>Builds a model as fetchModel does: a view that links to the snapshot, and a report.</summary>
    internal TestModel Model(
        string name,
        string repository,
        IReadOnlyDictionary<string, string> files,
        string? commit = null,
        bool partial = false,
        params string[] refs
    )
    {
        var raw = AddFolder($"hf+{repository.Replace('/', '+')}", files);
        var rev = commit ?? Hex(raw);
        var hub = $"hub/models--{repository.Replace("/", "--", StringComparison.Ordinal)}";
        var expression = $$"""
            derivation {
              name = "{{name}}"; system = builtins.currentSystem; builder = "/bin/sh";
              outputs = [ "out" "report" ]; PATH = "/usr/bin:/bin";
              raw = builtins.storePath {{raw}};
              json = builtins.toFile "report" {{NixText.StringLiteral(Report(files))}};
              tree = builtins.toFile "tree" {{NixText.StringLiteral(Tree(files))}};
              args = [ "-c" ''
                mkdir -p $out/{{hub}}/trees && ln -s $raw $out/raw && cat $json > $report
                cat $tree > $out/{{hub}}/trees/{{rev}}.json
              '' ];
            }
            """;
        var derivation = Nix("nix-instantiate", "-E", expression);
        var outputs = Nix("nix-store", "--query", "--outputs", derivation).Split('\n');
        var model = new TestModel(
            name,
            repository,
            rev,
            refs.Length > 0 ? refs : ["main"],
            partial,
            raw,
            outputs.Single(path => !path.EndsWith("-report", StringComparison.Ordinal)),
            outputs.Single(path => path.EndsWith("-report", StringComparison.Ordinal)),
            derivation
        );
        Nix("nix-store", "--realise", derivation);
        return model;
    }

    /// <summary>Adds many models that were never built, by one command.</summary>
    internal IReadOnlyList<TestModel> Models(int count, int files)
    {
        var made = Directory.CreateDirectory(this["made"]).FullName;
        var paths = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var contents = Enumerable
                .Range(0, files)
                .ToDictionary(file => $"part/{file}.safetensors", file => $"file {file} of model {i}");
            foreach (var name in (string[])[$"raw-{i}/part", $"out-{i}"])
                Directory.CreateDirectory(Path.Combine(made, name));
            File.WriteAllText(Path.Combine(made, $"out-{i}", "name"), $"{i}");
            foreach (var (path, text) in contents)
                File.WriteAllText(Path.Combine(made, $"raw-{i}", path), text);
            File.WriteAllText(Path.Combine(made, $"report-{i}"), Report(contents));
            paths.AddRange(((string[])["raw", "out", "report"]).Select(kind => Path.Combine(made, $"{kind}-{i}")));
        }

        var added = Nix("nix-store", ["--add-fixed", "--recursive", "sha256", .. paths]).Split('\n');
        return
        [
            .. added
                .Chunk(3)
                .Select(
                    (paths, i) =>
                        new TestModel(
                            $"m{i}",
                            $"acme/m{i}",
                            Hex($"m{i}"),
                            ["main"],
                            false,
                            paths[0],
                            paths[1],
                            paths[2],
                            null
                        )
                ),
        ];
    }

    /// <summary>Writes a manifest.</summary>
    internal string Manifest(
        IEnumerable<TestModel> models,
        string? cache = null,
        string? group = null,
        object? auth = null,
        bool noCache = false
    )
    {
        var path = this[$"manifest-{Guid.NewGuid():N}.json"];
        var manifest = new JsonObject
        {
            ["version"] = 1,
            ["cacheDir"] = noCache ? null : cache ?? Cache,
            ["group"] = group,
            ["stateDir"] = State,
            ["nix"] = NixFolder,
            ["auth"] = auth is null ? null : JsonSerializer.SerializeToNode(auth),
            ["models"] = new JsonArray([.. models.Select(model => model.ToJson())]),
        };
        File.WriteAllText(path, manifest.ToJsonString());
        return path;
    }

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string BlobId(string text) =>
        Convert.ToHexStringLower(
            SHA1.HashData(Encoding.UTF8.GetBytes($"blob {Encoding.UTF8.GetByteCount(text)}\0{text}"))
        );

    /// <summary>A commit made up from a word.</summary>
    public static string Hex(string word) => Sha256(word)[..40];

    public void Dispose()
    {
        foreach (
            var (program, arguments) in (ReadOnlySpan<(string, string[])>)
                [("chmod", ["-R", "u+w", Root]), ("rm", ["-rf", Root])]
        )
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            process.WaitForExit();
        }
    }

    private static string Report(IReadOnlyDictionary<string, string> files) =>
        new JsonObject
        {
            ["schemaVersion"] = 1,
            ["files"] = new JsonArray([.. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(Reported)]),
        }.ToJsonString();

    private static string Tree(IReadOnlyDictionary<string, string> files) =>
        new JsonObject
        {
            ["format_version"] = 1,
            ["files"] = new JsonObject(
                files.Select(file => KeyValuePair.Create<string, JsonNode?>(file.Key, Listed(file.Value)))
            ),
        }.ToJsonString();

    private static JsonObject Listed(string text) =>
        new JsonObject { ["size"] = Encoding.UTF8.GetByteCount(text), ["blob_id"] = BlobId(text) };

    private static JsonNode Reported(KeyValuePair<string, string> file) =>
        new JsonObject
        {
            ["path"] = file.Key,
            ["size"] = file.Value.Length,
            ["sha256"] = Sha256(file.Value),
            ["gitBlobId"] = BlobId(file.Value),
        };

    private static string RealCommand(string name) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .First(File.Exists);
}
