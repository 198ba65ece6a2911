using System.Text;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Booted;

/// <summary>The Home Manager module for a user of the machine, with a profile of the user's own.</summary>
[Collection(nameof(Machine))]
public sealed class HomeTests(Machine machine) : BootedTest(machine)
{
    private const string Home = "/home/me";
    private const string OwnCache = $"{Home}/.cache/huggingface/hub";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Machine.DoAsync($"find {Home} -mindepth 1 -delete; chown me: {Home}");
    }

    [Fact(Explicit = true)]
    public async Task A_model_that_fails_fails_the_activation_at_its_end_and_the_generation_is_whole()
    {
        var gated = await ModelAsync("acme/home-gated", Token);
        var module = Module($"models.gated = {gated.Definition()};");

        var failed = await ActivateAsync(module, "first");
        failed.ExitCode.Should().Be(4, failed.Output + failed.Errors);
        failed.Output.Should().Contain("some models are missing");
        (await Machine.DoAsync($"ls {Home} {Home}/.local/state/home-manager/gcroots"))
            .Should()
            .Contain("first")
            .And.Contain("current-home")
            .And.NotContain("new-home");

        var next = await ActivateAsync(module, "second", $"MY_TOKEN={Token}");
        next.ExitCode.Should().Be(0, next.Output + next.Errors);
        (await Machine.DoAsync($"ls {Home}")).Should().Be("second", "the next generation knows this one's files");
        (await FilesAsync(OwnCache)).Should().Equal($"{gated}");
    }

    [Fact(Explicit = true)]
    public async Task A_home_changes_its_cache_and_leaves_nothing_when_it_is_disabled()
    {
        var model = await ModelAsync("acme/home");
        (await ActivateAsync(Module($"models.tiny = {model.Definition()};"), "one")).ExitCode.Should().Be(0);
        (await FilesAsync(OwnCache)).Should().Equal($"{model}");

        var moved = Module(
            $"models.tiny = {model.Definition()}; integration.huggingface.cacheDir = \"{Home}/models\";"
        );
        (await ActivateAsync(moved, "two")).ExitCode.Should().Be(0);
        (await FilesAsync(OwnCache)).Should().BeEmpty();
        (await FilesAsync($"{Home}/models/hub")).Should().Equal($"{model}");

        var disabled = await ActivateAsync("{ }", "three");
        disabled.ExitCode.Should().Be(0, disabled.Output + disabled.Errors);
        (await FilesAsync($"{Home}/models/hub")).Should().BeEmpty();
        (await Machine.RunAsync($"[ ! -e {Home}/.local/state/ai-models ]")).ExitCode.Should().Be(0);
    }

    private string Module(string options) =>
        $$"""
            { programs.ai-models = {
                enable = true; fetch = "activation"; validation.preset = "minimal";
                auth = { tokenEnvVar = "MY_TOKEN"; endpoints = [ "{{Machine.Hub.Endpoint}}" ]; };
                {{options}}
            }; }
            """;

    private async Task<Outcome> ActivateAsync(string module, string file, params string[] environment)
    {
        var expression = $"import /repo/tests/system/home.nix {{ modules = [ ({module}) ]; file = \"{file}\"; }}";
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(expression));
        return await Machine.RunAsync(
            $"""
            generation=$(nix-build --no-out-link -E "$(base64 -d <<<'{encoded}')")
            exec bash $generation/activate
            """,
            "me",
            environment
        );
    }
}
