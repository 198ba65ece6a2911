// make demo: the main job, end to end. A loopback hub serves real weights; nix-prefetch-hf pins them; Nix builds them in its sandbox
// with our executable as the builder; ONNX Runtime loads the result from the store.
using System.Diagnostics;
using System.Text.Json;
using NixAiModels.Demo;

var started = Stopwatch.GetTimestamp();
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../"));
var work = Path.Combine(root, "artifacts", "demo");
if (Directory.Exists(work)) Directory.Delete(work, recursive: true);

Terminal.Heading("A hub on 127.0.0.1 with a repository of real weights: silero VAD, the voice activity detector (MIT)");
var repository = Directory.CreateDirectory(Path.Combine(work, "hub", "models", "silero", "vad", "main")).FullName;
foreach (var weights in Directory.GetFiles(Path.Combine(root, "artifacts", "weights"), "*.onnx"))
{
    File.Copy(weights, Path.Combine(repository, Path.GetFileName(weights)));
}

// The date makes every run of the demo a new commit, so that nothing is in the store before.
File.WriteAllText(Path.Combine(repository, "README.md"), $"---\nlicense: mit\n---\n# silero VAD\n\nServed by `make demo` on {DateTime.UtcNow:O}.\n");
File.WriteAllText(Path.Combine(repository, "config.json"), "{ \"model_type\": \"silero-vad\", \"sampling_rate\": 16000 }\n");
using var hub = Hub.Start(root, Path.Combine(work, "hub"));
var environment = new Dictionary<string, string>
{
    ["HF_ENDPOINT"] = hub.Endpoint,
    ["PATH"] = Path.Combine(root, "artifacts", "bin") + ":" + Environment.GetEnvironmentVariable("PATH"),
    ["NIX_CONFIG"] = "experimental-features = nix-command\nsandbox = true\nsubstituters =\n",
};
Terminal.Say($"the hub is {hub.Endpoint}");

Terminal.Heading("Pin it: one command, what it prints is pasted into a Nix file");
var pin = Terminal.Run(root, environment, "nix-prefetch-hf", "silero/vad", "--no-store");

Terminal.Heading("Build it: Nix runs our executable in its sandbox, every byte is verified, the hash is checked");
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
hub.ForgetRecord();
string[] build = ["nix", "build", "--file", definition, "--print-build-logs", "--no-link", "--print-out-paths"];
var model = Terminal.Run(root, environment, build).Trim().Split('\n')[^1];
var asked = hub.Requests();

Terminal.Heading("Build it again: it is in the store, nobody asks the hub");
hub.ForgetRecord();
Terminal.Run(root, environment, build);
var askedAgain = hub.Requests();

Terminal.Heading("What came out: links to the snapshot, by path and by name; no second copy of the weights");
Terminal.Run(root, environment, "find", model, "-printf", "%P %l\n");

Terminal.Heading("Load it: ONNX Runtime runs the network from the store");
Terminal.Run(root, environment, "dotnet", Path.Combine(root, "artifacts", "dotnet", "bin", "silero-vad", "release", "silero-vad.dll"), model);

Terminal.Heading("In short");
Terminal.Say($"""
    pinned      {Field(pin, "rev")}, {Field(pin, "hash")}
    built       {model}
    asked       {asked} requests for the first build, {askedAgain} for the second
    took        {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s in all
    """);
return 0;

static string Field(string nix, string name)
{
    var line = nix.Split('\n').First(line => line.TrimStart().StartsWith(name + " = ", StringComparison.Ordinal));
    return JsonSerializer.Deserialize<string>(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].TrimEnd(';').Trim())!;
}
