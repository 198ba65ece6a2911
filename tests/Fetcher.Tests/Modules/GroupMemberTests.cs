using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>A member of the service's group, online, with models that are not pinned: npm's client, and Python's where
/// it can be imported.</summary>
public sealed class GroupMemberTests : IClassFixture<TestHubFixture>, IDisposable
{
    private const string Weights = "model.safetensors";
    private const string Games = "60";

    private readonly TestHubFixture _hub;
    private readonly ModuleRun _module;

    public GroupMemberTests(TestHubFixture hub)
    {
        _hub = hub;
        _module = new ModuleRun(hub, NixVersion.Old, PrivateStore.Shared);
    }

    private static string PythonPath => Environment.GetEnvironmentVariable("HUGGINGFACE_HUB_PYTHONPATH") ?? "";

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("npm")]
    [InlineData("python")]
    public async Task A_member_who_is_online_loads_an_unpinned_model_and_downloads_no_weights(string client)
    {
        if (!ModuleRun.IsRoot || (client == "python" && !await HuggingFaceHubTests.IsHereAsync()))
            return;
        var repository = $"acme/member-{client}";
        _hub.Repository(repository).File("config.json", "{}").Lfs(Weights, new byte[100_000]);
        var unpinned = System.Text.RegularExpressions.Regex.Replace(
            (await _module.ModelAsync(repository)).Model,
            "rev = \"[0-9a-f]*\";",
            ""
        );
        var command = _module.ServiceCommand($"models.tiny = {unpinned};", group: "games");
        (await _module.ExecuteAsync(command)).ExitCode.Should().Be(0);
        await _hub.ClearRecordAsync(repository);

        foreach (var member in (string[])["65533", "65534"])
            (await DownloadAsync(client, member, repository)).ExitCode.Should().Be(0);

        (await _hub.RecordAsync(repository))
            .Should()
            .NotContain(request => request.Method == "GET" && request.File == Weights && request.Bytes > 0);
        (await _module.ExecuteAsync(command)).ExitCode.Should().Be(0);
    }

    private async Task<Outcome> DownloadAsync(string client, string member, string repository)
    {
        var scripts = Path.Combine(Executable.Root, "tests/interop");
        var python = Path.Combine(_module.Store.Root, "client.py");
        File.Copy(Path.Combine(scripts, "huggingface_hub_client.py"), python, overwrite: true);
        string[] program =
            client == "npm"
                ? ["node", $"{scripts}/download-to-cache.mjs", member, Games, _hub.Endpoint, repository]
                :
                [
                    "setpriv",
                    "--reuid",
                    member,
                    "--regid",
                    member,
                    "--groups",
                    Games,
                    "/usr/bin/python3",
                    python,
                    "online-load",
                    repository,
                ];
        var outcome = await Executable.RunAsync(
            program[0],
            program[1..],
            new Dictionary<string, string>
            {
                ["HF_HUB_CACHE"] = Path.Combine(_module.Store["cache"], "hub"),
                ["HF_ENDPOINT"] = _hub.Endpoint,
                ["HF_HUB_DISABLE_TELEMETRY"] = "1",
                ["HF_HUB_DISABLE_XET"] = "1",
                ["HOME"] = "/nonexistent",
                ["PYTHONPATH"] = PythonPath,
            },
            Path.GetTempPath()
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return outcome;
    }
}
