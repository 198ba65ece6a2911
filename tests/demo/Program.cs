// make demo: the main job, end to end. A loopback hub serves real weights; nix-prefetch-hf pins them; Nix builds them
// in its sandbox with our executable as the builder; `sync` links them; ONNX Runtime loads the result; a lock file pins
// the model without downloading weights.
using System.Diagnostics;
using System.Text.Json;
using NixAiModels.Demo;

var started = Stopwatch.GetTimestamp();
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../..")).TrimEnd('/');
var work = Path.Combine(root, "artifacts", "demo");
if (Directory.Exists(work))
    Directory.Delete(work, recursive: true);

Terminal.Heading("Start a hub on 127.0.0.1 that serves real weights: silero VAD, a voice activity detector (MIT)");
var repository = Directory.CreateDirectory(Path.Combine(work, "hub", "models", "silero", "vad", "main")).FullName;
foreach (var weights in Directory.GetFiles(Path.Combine(root, "artifacts", "weights"), "*.onnx"))
{
    File.Copy(weights, Path.Combine(repository, Path.GetFileName(weights)));
}

// The date makes every run of the demo a new commit, which no earlier run has put into the store.
File.WriteAllText(
    Path.Combine(repository, "README.md"),
    $"---\nlicense: mit\n---\n# silero VAD\n\nServed by `make demo` on {DateTime.UtcNow:O}.\n"
);
File.WriteAllText(
    Path.Combine(repository, "config.json"),
    "{ \"model_type\": \"silero-vad\", \"sampling_rate\": 16000 }\n"
);
using var hub = Hub.Start(root, Path.Combine(work, "hub"));
foreach (
    var (variable, value) in new[]
    {
        ("HF_ENDPOINT", hub.Endpoint),
        ("PATH", Path.Combine(root, "artifacts", "bin") + ":" + Environment.GetEnvironmentVariable("PATH")),
        // Debian's nix-bin makes no group of build users, which Nix wants to see where root builds.
        ("NIX_CONFIG", "experimental-features = nix-command\nsandbox = true\nsubstituters =\nbuild-users-group =\n"),
    }
)
{
    Environment.SetEnvironmentVariable(variable, value);
}

Terminal.Say($"HF_ENDPOINT={hub.Endpoint}");

Terminal.Heading("Pin the model: one command prints the call to paste into a Nix file");
var pin = Terminal.Run(root, "nix-prefetch-hf", "silero/vad", "--no-store");

Terminal.Heading("Build it: Nix runs the fetcher in its sandbox; every file is verified, then the hash of them all");
var expression = $$"""
    with import {{root}}/tests/nix/offline.nix { };
    fetchModel {
      name = "silero-vad";
      source.huggingface = { repo = "silero/vad"; rev = "{{Field(pin, "rev")}}"; };
      hash = "{{Field(pin, "hash")}}";
    }
    """;
var definition = Path.Combine(work, "model.nix");
File.WriteAllText(definition, expression);
Terminal.Say(File.ReadAllText(definition));
hub.ClearRecord();
string[] build =
[
    "nix",
    "build",
    "--file",
    definition,
    "--print-build-logs",
    "--out-link",
    Path.Combine(work, "result"),
];
Terminal.Run(root, build);
var model = new FileInfo(Path.Combine(work, "result")).LinkTarget!;
var asked = hub.Requests();

Terminal.Heading("Build it again: it is in the store, so the hub gets no request");
hub.ClearRecord();
Terminal.Run(root, build);
var askedAgain = hub.Requests();

Terminal.Heading("Scan it by hand, as the build did: the model exists only because its files passed");
Terminal.Run(
    root,
    "nix-ai-models",
    "validate",
    Path.GetDirectoryName(new FileInfo(Path.Combine(model, "config.json")).LinkTarget)!
);

Terminal.Heading("Look at the result: links to the snapshot, by path and by name; no second copy of the weights");
Terminal.Run(root, "find", model, "-mindepth", "1", "-printf", "%P %l\n");

Terminal.Heading("Link it into a Hugging Face cache");
var cache = Path.Combine(work, "cache", "hub");
var manifest = Path.Combine(work, "manifest.json");
File.WriteAllText(
    manifest,
    Terminal.Quietly(
        root,
        "nix-instantiate",
        "--eval",
        "--strict",
        "--json",
        "-E",
        $$"""
        let model = import {{definition}}; in {
          version = 1; cacheDir = "{{cache}}"; group = null; stateDir = "{{work}}/state"; fetch = "build"; nix = null;
          auth = { tokenFile = null; tokenEnvVar = null; };
          models = [ {
            name = "silero-vad"; inherit (model) repo repoType rev refs; partial = false;
            out = "${model}"; report = "${model.report}"; raw = "${model.raw}";
            drv = null; rawDrv = null; source = null;
          } ];
        }
        """
    )
);
Terminal.Run(root, "nix-ai-models", "sync", "--manifest", manifest);

Terminal.Heading("Load it from the cache by its name: ONNX Runtime runs the network");
var linked = Path.Combine(
    cache,
    "models--silero--vad",
    "snapshots",
    File.ReadAllText(Path.Combine(cache, "models--silero--vad", "refs", "main"))
);
Terminal.Run(
    root,
    "dotnet",
    Path.Combine(root, "artifacts", "dotnet", "bin", "silero-vad", "release", "silero-vad.dll"),
    linked
);

Terminal.Heading("Pin it without downloading: a lock file takes the sha256 of the weights from the hub's listing");
var locked = Path.Combine(work, "models.lock.json");
hub.ClearRecord();
Terminal.Run(root, "nix-prefetch-hf", "lock", "add", "silero/vad", "--lock-file", locked, "--name", "silero-vad");
var downloaded = hub.Bytes();
var lockedDefinition = Path.Combine(work, "locked.nix");
File.WriteAllText(
    lockedDefinition,
    $$"""
    with import {{root}}/tests/nix/offline.nix { };
    fetchModel { name = "silero-vad"; lockFile = ./models.lock.json; }
    """
);
Terminal.Say(File.ReadAllText(lockedDefinition));
Terminal.Run(
    root,
    "nix",
    "build",
    "--file",
    lockedDefinition,
    "--print-build-logs",
    "--out-link",
    Path.Combine(work, "locked")
);

Terminal.Heading("Summary");
Terminal.Say(
    $"""
    pinned      {Field(pin, "rev")}, {Field(pin, "hash")}
    built       {model}
    linked      {linked}
    requests    {asked} in the first build, {askedAgain} in the second
    locked      after downloading {downloaded} bytes
    time        {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s
    """
);
return 0;

static string Field(string nix, string name)
{
    var line = nix.Split('\n').First(line => line.TrimStart().StartsWith(name + " = ", StringComparison.Ordinal));
    return JsonSerializer.Deserialize<string>(
        line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].TrimEnd(';').Trim()
    )!;
}
