using System.Text.Json.Nodes;
using NixAiModels.Nar;
using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>Builds what the modules evaluate to in a separate Nix store and runs it against the test hub.</summary>
internal sealed class ModuleRun(TestHubFixture hub, NixVersion version, string? folder = null) : IDisposable
{
    // Home Manager's `run` and `set`, around one entry of its activation.
    private const string Activation = """
        set -eu -o pipefail
        cd "$HOME"
        errorEcho() { echo "$@"; }
        run() { if [[ -v DRY_RUN ]]; then echo "$@"; else "$@"; fi; }
        source "$1"
        """;

    /// <summary>The store.</summary>
    public PrivateStore Store { get; } = new(version, folder);

    /// <summary>A user's home.</summary>
    public string Home => Directory.CreateDirectory(Store["home"]).FullName;

    /// <summary>The command that runs every command as another user, such as <c>setpriv</c> with its arguments; empty
    /// for the present user.</summary>
    public string[] Through { get; set; } = [];

    /// <summary>Whether commands can be run as somebody else.</summary>
    public static bool IsRoot => Environment.UserName == "root";

    public void Dispose() => Store.Dispose();

    /// <summary>Gives all files to a user and runs commands as that user from now on; without root, does
    /// nothing.</summary>
    public async Task AsAsync(string user)
    {
        if (!IsRoot)
            return;
        (await Executable.RunAsync("chown", ["-R", $"{user}:{user}", Store.Root])).ExitCode.Should().Be(0);
        Through = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"];
    }

    /// <summary>The present state of a repository as a model of a configuration, and its commit.</summary>
    public async Task<(string Model, string Commit)> ModelAsync(string repository, string? token = null)
    {
        if (!File.Exists(Path.Combine(hub.Repository(repository).Folder, "config.json")))
            hub.Repository(repository).File("config.json", "{}").Lfs("model.bin", new byte[1000]);
        if (token is not null)
            hub.Repository(repository).Gated(token);
        var hash = (
            await NarHash.OfPathAsync(hub.Repository(repository).Folder, TestContext.Current.CancellationToken)
        ).Sri;
        var commit = await hub.CommitAsync(repository, token: token);
        return (
            $$"""
            {
              source.huggingface = { repo = "{{repository}}"; rev = "{{commit}}"; endpoint = "{{hub.Endpoint}}"; };
              hash = "{{hash}}"; validation.preset = "minimal";
            }
            """,
            commit
        );
    }

    /// <summary>The activation's entry as a file of the store: building it builds what Home Manager's generation would
    /// build.</summary>
    public string HomeActivation(string configuration) =>
        Build(
            $$"""
            (import {{StandIn.Folder}}/home-manager.nix {
              inherit fetcher;
              home = "{{Home}}";
              modules = [ { programs.ai-models = { enable = true; {{configuration}} }; } ];
            }).config.home.activation.aiModels.data
            """
        );

    /// <summary>The service's ExecStart, with the manifest's paths moved into the test's folder.</summary>
    public string[] ServiceCommand(string configuration, string? group = null)
    {
        var words = File.ReadAllText(
                Build(
                    $$"""
                    (import {{StandIn.Folder}}/nixos.nix {
                      inherit fetcher;
                      modules = [ { services.ai-models = { enable = true; integration.huggingface.cacheDir = "{{Store[
                        "cache"
                    ]}}"; {{configuration}} }; } ];
                    }).config.systemd.services.ai-models.serviceConfig.ExecStart
                    """
                )
            )
            .Split(' ');
        var manifest = JsonNode.Parse(File.ReadAllText(words[^1]))!;
        manifest["stateDir"] = Store.State;
        manifest["nix"] = Store.NixFolder;
        manifest["group"] = group;
        words[^1] = Store[$"manifest-{Guid.NewGuid():N}.json"];
        File.WriteAllText(words[^1], manifest.ToJsonString());
        return words;
    }

    private string Build(string text) =>
        Store.Nix(
            "nix-store",
            "--realise",
            Store.Nix(
                "nix-instantiate",
                "-E",
                $$"""
                let
                  lib = import {{StandIn.Folder}}/lib.nix;
                  fetcher = import {{Executable.Root}}/tests/nix/fetcher.nix {{Executable.Root}}/artifacts/runtime;
                in
                (import {{StandIn.Folder}}/pkgs.nix { inherit lib; }).writeText "text" ({{text}})
                """
            )
        );

    public Task<Outcome> ActivateAsync(string script, Dictionary<string, string>? environment = null) =>
        RunAsync(
            ["bash", "-c", Activation, "activate", script],
            new Dictionary<string, string>(environment ?? [])
            {
                ["HOME"] = Home,
                ["PATH"] = $"{Store.NixFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            }
        );

    public Task<Outcome> ExecuteAsync(string[] command, string? credentials = null)
    {
        var environment = new Dictionary<string, string> { ["HOME"] = Directory.CreateDirectory(Store.State).FullName };
        if (credentials is not null)
            environment["CREDENTIALS_DIRECTORY"] = credentials;
        return RunAsync(command, environment);
    }

    private Task<Outcome> RunAsync(string[] command, Dictionary<string, string> environment)
    {
        string[] words = [.. Through, .. command];
        return Executable.RunAsync(words[0], words[1..], environment, Path.GetTempPath());
    }
}
