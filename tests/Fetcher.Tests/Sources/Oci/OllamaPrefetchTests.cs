using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Modules;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary><c>nix-prefetch-hf ollama:…</c> with a registry on 127.0.0.1.</summary>
public sealed class OllamaPrefetchTests(TestHubFixture hub) : IClassFixture<TestHubFixture>
{
    [Fact]
    public async Task A_model_is_pinned_by_its_manifest_and_nothing_else_is_downloaded()
    {
        var model = new OllamaModel(hub, "library/pinned");

        var printed = await PrefetchAsync("ollama:pinned:1b", "--json");

        printed.ExitCode.Should().Be(0, printed.Errors);
        var pin = JsonNode.Parse(printed.Output)!;
        ((string)pin["model"]!).Should().Be("pinned:1b");
        ((string)pin["digest"]!).Should().Be($"sha256:{Sha256Of((string)pin["manifest"]!)}");
        var weights = pin["files"]!.AsArray().Single(file => (string)file!["path"]! == "pinned-1b.gguf")!;
        ((string)weights["sha256"]!).Should().Be(model.WeightsDigest);
        ((int)weights["size"]!).Should().Be(model.Weights.Length);
        (await hub.RecordAsync("library/pinned")).Select(request => request.On).Should().Equal("manifest");
        (await PrefetchAsync("ollama:pinned:1b", "--dry-run"))
            .Output.Should()
            .Contain("pinned:1b at sha256:")
            .And.Contain("pinned-1b.gguf")
            .And.Contain("license-2")
            .And.Contain("7 files");
    }

    [Theory]
    [InlineData("nix")]
    [InlineData("module")]
    public async Task What_is_printed_evaluates(string format)
    {
        _ = new OllamaModel(hub, "me/pasted");
        var printed = await PrefetchAsync("ollama:me/pasted:1b", "--format", format, "--name", "tiny");
        printed.ExitCode.Should().Be(0, printed.Errors);
        printed.Output.Should().Contain($"endpoint = \"{hub.Registry}\";").And.Contain("''{\"schemaVersion\":2");

        var path =
            format == "nix"
                ? await StandIn.EvaluateAsync(
                    $"(with import {Executable.Root}/tests/nix/offline.nix {{ }}; {printed.Output}).modelPath"
                )
                : await StandIn.NixOSAsync(
                    $$"""{ services.ai-models = { enable = true; {{printed.Output}} }; }""",
                    "config.services.ai-models.modelPaths.tiny"
                );
        ((string)path!).Should().Match(format == "nix" ? "/nix/store/*-tiny/pasted-1b.gguf" : "/nix/store/*-tiny");
    }

    [Fact]
    public async Task A_registry_that_wants_a_token_gets_an_anonymous_one()
    {
        new OllamaModel(hub, "library/private").Repository.Private();

        var printed = await PrefetchAsync("ollama:private:1b", "--format", "sri");

        printed.ExitCode.Should().Be(0, printed.Errors);
        printed.Output.Should().StartWith("sha256-");
        var requests = await hub.RecordAsync();
        requests.Should().Contain(request => request.On == "token" && !request.Authorization);
        requests.Last(request => request.Repo == "library/private").Authorization.Should().BeTrue();
        (printed.Output + printed.Errors).Should().NotContain("xet_", "no token is printed");
    }

    [Theory]
    [InlineData("http://198.51.100.7/token")]
    [InlineData("ftp://198.51.100.7/token")]
    [InlineData("")]
    public async Task A_token_server_that_may_not_be_asked_is_named_and_not_asked(string realm)
    {
        var name = $"library/realm{realm.Length}";
        _ = new OllamaModel(hub, name);
        await hub.FaultAsync(
            new
            {
                kind = "status",
                status = 401,
                repo = name,
                headers = new Dictionary<string, string>
                {
                    ["WWW-Authenticate"] = $"Bearer realm=\"{realm}\",service=\"x\"",
                },
            }
        );

        var printed = await PrefetchAsync($"ollama:{name}:1b");

        printed.ExitCode.Should().Be(5, printed.Errors);
        printed.Errors.Should().Contain("may not be asked").And.Contain($"'{realm}'");
    }

    [Fact]
    public async Task A_registry_whose_token_does_not_help_is_not_asked_for_ever()
    {
        _ = new OllamaModel(hub, "library/stubborn");
        await hub.FaultAsync(
            new
            {
                kind = "status",
                status = 401,
                repo = "library/stubborn",
                headers = new Dictionary<string, string>
                {
                    ["WWW-Authenticate"] =
                        $"Bearer realm=\"{hub.Registry}/token\",service=\"registry, of tests\","
                        + "scope=\"repository:library/stubborn:pull\"",
                },
            }
        );

        var printed = await PrefetchAsync("ollama:stubborn:1b");

        printed.ExitCode.Should().Be(4, printed.Errors);
        printed.Errors.Should().Contain("the server refuses (401)");
    }

    [Theory]
    [InlineData("missing:1b", 3, "missing:1b was not found", "https://ollama.com/library/missing/tags")]
    [InlineData("moved-away:2b", 3, "moved-away:2b was not found", null)]
    [InlineData("index:1b", 6, "an index of images for several platforms", null)]
    [InlineData("page:1b", 5, "answered with a web page", null)]
    [InlineData("slow:1b", 0, "rate limited; retrying in", null)]
    public async Task Odd_answers_are_named(string name, int code, string message, string? next)
    {
        var repository = $"library/{name.Split(':')[0]}";
        if (name != "missing:1b")
        {
            var model = new OllamaModel(hub, repository);
            if (name == "index:1b")
                model.Repository.File("manifest.json", """{"schemaVersion":2,"manifests":[]}""");
        }

        if (name == "page:1b")
            await hub.FaultAsync(new { kind = "error-page", repo = repository });
        if (name == "slow:1b")
        {
            await hub.FaultAsync(
                new
                {
                    kind = "status",
                    status = 429,
                    repo = repository,
                    times = 1,
                    headers = new Dictionary<string, string> { ["Retry-After"] = "1" },
                }
            );
        }

        var printed = await PrefetchAsync($"ollama:{name}");

        printed.ExitCode.Should().Be(code, printed.Errors);
        printed.Errors.Should().Contain(message);
        if (next is not null)
            printed.Errors.Should().Contain(next);
    }

    [Fact]
    public async Task Options_of_the_hub_have_no_meaning_for_it()
    {
        var printed = await PrefetchAsync("ollama:llama3.2:1b", "--include", "*.gguf");

        printed.ExitCode.Should().Be(2);
        printed.Errors.Should().Contain("--include has no meaning with llama3.2:1b");
    }

    private Task<Outcome> PrefetchAsync(params string[] arguments) =>
        Executable.RunAsync(
            Executable.Prefetch,
            [.. arguments, "--endpoint", hub.Registry],
            new Dictionary<string, string> { ["PATH"] = "/nowhere" }
        );

    private static string Sha256Of(string text) => OllamaModel.Sha256(System.Text.Encoding.UTF8.GetBytes(text));
}
