using System.Text.Json;
using System.Text.RegularExpressions;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>nixlib's derivations, built by real Nix from the test hub.</summary>
public sealed partial class BuildTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    public static MatrixTheoryData<NixVersion, bool> Ways => new(Enum.GetValues<NixVersion>(), [true, false]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_snapshot_is_built_at_the_store_path_that_its_pin_names(NixVersion version, bool sandbox)
    {
        var name = $"acme/build-{version}-{sandbox}".ToLowerInvariant();
        var repository = hub.Repository(name)
            .File("config.json", "{}")
            .File("sub/vocab.txt", "a\n")
            .Lfs("model.safetensors", Bytes(5_000_000));
        // A store path in a file is text and not a dependency, even the builder's own. (Nix 2.8 has no option for
        // that: where it finds a path of the builder's closure, it reports success and keeps the output elsewhere.)
        var quoted =
            version == NixVersion.Old
                ? "/nix/store/00000000000000000000000000000000-python3"
                : await nix.EvaluateAsync(
                    version,
                    $$"""
                    builtins.unsafeDiscardStringContext
                      (({{NixFixture.Offline}}).fetchHuggingFace { repo = "a/b"; hash = ""; }).builder
                    """
                );
        repository.File("README.md", $"run {quoted}\n");
        var pin = await PinAsync(name);

        var outcome = await BuildAsync(version, $"fetchHuggingFace {pin}", sandbox);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var path = outcome.Output.Trim();
        path.Should()
            .Be(
                (await nix.EvaluateAsync(version, $"(({NixFixture.Offline}).fetchHuggingFace {pin}).outPath")).Trim('"')
            );
        (await NarHash.OfPathAsync(nix.OnDisk(version, path), Cancellation))
            .Sri.Should()
            .Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await nix.RunAsync(version, "nix-store", "--query", "--references", path)).Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task Pasting_the_hash_that_Nix_got_builds_without_a_request(NixVersion version)
    {
        var name = $"acme/paste-{version}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(100_000));
        string Expression(string hash) =>
            $$"""fetchHuggingFace { repo = "{{name}}"; rev = "main"; hash = "{{hash}}"; }""";

        var wrong = await BuildAsync(version, Expression(""));
        wrong.ExitCode.Should().Be(102, wrong.Errors);
        await hub.ClearRecordAsync();
        var right = await BuildAsync(version, Expression(Got().Match(wrong.Errors).Groups[1].Value));

        right.ExitCode.Should().Be(0, right.Errors);
        (await RequestsAsync(name)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_changed_revision_with_a_stale_hash_is_a_mismatch_and_not_the_old_content(NixVersion version)
    {
        var name = $"acme/stale-{version}".ToLowerInvariant();
        var repository = hub.Repository(name).File("config.json", "{}");
        var pin = await PinAsync(name);
        (await BuildAsync(version, $"fetchHuggingFace {pin}")).ExitCode.Should().Be(0);
        var old = await hub.CommitAsync(name);
        repository.File("config.json", "{ \"changed\": true }");

        var outcome = await BuildAsync(
            version,
            $"fetchHuggingFace {pin.Replace(old, await hub.CommitAsync(name), StringComparison.Ordinal)}"
        );

        outcome.ExitCode.Should().Be(102, outcome.Errors);
        outcome.Errors.Should().Contain("hash mismatch");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task One_file_is_a_file_whose_hash_is_its_sha256(NixVersion version)
    {
        var bytes = Bytes(2_000_000);
        hub.Repository("acme/one").File("config.json", "{}").Lfs("sub/model.gguf", bytes);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

        var commit = await hub.CommitAsync("acme/one");
        var outcome = await BuildAsync(
            version,
            $$"""
            fetchHuggingFaceFile {
              repo = "acme/one"; rev = "{{commit}}"; file = "sub/model.gguf"; hash = "{{sha256}}";
            }
            """
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Trim().Should().EndWith("-model.gguf");
        (await File.ReadAllBytesAsync(nix.OnDisk(version, outcome.Output.Trim()), Cancellation)).Should().Equal(bytes);
    }

    [Fact]
    public async Task A_view_in_the_machines_store_is_read_by_third_party_clients()
    {
        // Only there do the links of a view resolve. The content is new, so that Nix really builds it.
        var text = $$"""{ "model_type": "bert", "made": "{{Guid.NewGuid()}}" }""";
        hub.Repository("acme/clients").File("config.json", text).File("sub/vocab.txt", "a\n");
        var pin = (await PinAsync("acme/clients"))
            .Replace("repo =", "source.huggingface.repo =", StringComparison.Ordinal)
            .Replace("rev =", "source.huggingface.rev =", StringComparison.Ordinal);

        var outcome = await Executable.RunAsync(
            "nix-build",
            [
                "--no-out-link",
                "--option",
                "substituters",
                "",
                "--option",
                "sandbox",
                "true",
                // Debian's nix-bin makes no group of build users, which Nix wants to see where root builds.
                "--option",
                "build-users-group",
                "",
                "-E",
                $"({NixFixture.Offline}).fetchModel ({{ name = \"clients\"; }} // {pin})",
            ],
            new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint, ["HOME"] = nix.Folder }
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var view = outcome.Output.Trim();
        var commit = await hub.CommitAsync("acme/clients");
        foreach (var place in (string[])[view, $"{view}/hub/models--acme--clients/snapshots/{commit}"])
        {
            File.ReadAllText($"{place}/config.json").Should().Be(text);
            File.ReadAllText($"{place}/sub/vocab.txt").Should().Be("a\n");
        }

        var scan = await Executable.RunAsync(
            "node",
            [Path.Combine(Executable.Root, "tests", "interop", "scan-cache.mjs"), $"{view}/hub"]
        );
        scan.ExitCode.Should().Be(0, scan.Errors);
        using var found = JsonDocument.Parse(scan.Output);
        found
            .RootElement[0]
            .GetProperty("revisions")[0]
            .GetProperty("files")
            .EnumerateArray()
            .Select(file => file.GetString())
            .Should()
            .Contain(["config.json", "sub/vocab.txt"]);
        await Executable.RunAsync("nix-store", ["--delete", view]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_model_is_a_view_of_links_that_loads_by_path_and_by_name(NixVersion version, bool sandbox)
    {
        var name = $"acme/view-{version}-{sandbox}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.safetensors", Bytes(1_000_000));
        var commit = await hub.CommitAsync(name);
        var pin = (await PinAsync(name))
            .Replace("repo =", "source.huggingface.ref = \"v1.0\"; source.huggingface.repo =", StringComparison.Ordinal)
            .Replace("rev =", "source.huggingface.rev =", StringComparison.Ordinal);

        var outcome = await BuildAsync(
            version,
            $"fetchModel ({{ name = \"view\"; validation.preset = \"none\"; }} // {pin})",
            sandbox
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var view = nix.OnDisk(version, outcome.Output.Trim());
        var repository = Path.Combine(view, "hub", "models--" + name.Replace("/", "--", StringComparison.Ordinal));
        File.ReadAllText(Path.Combine(repository, "refs", "main")).Should().Be(commit);
        File.ReadAllText(Path.Combine(repository, "refs", "v1.0")).Should().Be(commit);
        var raw = new FileInfo(Path.Combine(repository, "snapshots", commit)).LinkTarget!;
        new FileInfo(Path.Combine(view, "config.json")).LinkTarget.Should().Be($"{raw}/config.json");
        (await nix.RunAsync(version, "nix-store", "--query", "--references", outcome.Output.Trim()))
            .Output.Trim()
            .Should()
            .Be(raw);
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_gated_model_builds_with_a_token_and_without_one_the_log_names_the_command_to_run(
        NixVersion version
    )
    {
        var name = $"acme/gated-{version}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(100_000)).Gated("hf_right");
        var pin = await PinAsync(name, "hf_right");

        var refused = await BuildAsync(version, $"fetchHuggingFace {pin}");
        refused.ExitCode.Should().NotBe(0);
        refused
            .Errors.Should()
            .Contain($"nix-prefetch-hf {name} --rev {await hub.CommitAsync(name, token: "hf_right")}");

        nix.Environment["HF_TOKEN"] = "hf_right";
        var built = await BuildAsync(version, $"fetchHuggingFace {pin}");
        nix.Environment.Remove("HF_TOKEN");

        built.ExitCode.Should().Be(0, built.Errors);
        (built.Output + built.Errors).Should().NotContain("hf_right");
        (await hub.RecordAsync()).Should().NotContain(request => request.Origin == "cdn" && request.Authorization);
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task After_a_prefetch_by_the_user_a_gated_model_builds_without_a_request(NixVersion version)
    {
        var name = $"acme/prefetched-{version}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(100_000)).Gated("hf_right");
        var environment = nix.EnvironmentOf(version);
        environment["HF_ENDPOINT"] = hub.Endpoint;
        environment["HF_TOKEN"] = "hf_right";

        var prefetched = await Executable.RunAsync(
            Executable.Prefetch,
            [name, "--include", "*.json", "--include", "*.bin"],
            environment
        );
        prefetched.ExitCode.Should().Be(0, prefetched.Errors);
        await hub.ClearRecordAsync();
        var built = await BuildAsync(version, prefetched.Output);

        built.ExitCode.Should().Be(0, built.Errors);
        (await RequestsAsync(name)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_build_sends_the_token_of_its_environment_to_no_endpoint_that_the_derivation_names()
    {
        hub.Repository("acme/taken").File("config.json", "{}").Gated("hf_right");
        var pin = (await PinAsync("acme/taken", "hf_right")).Replace(
            "rev =",
            $"endpoint = \"{hub.Endpoint}\"; rev =",
            StringComparison.Ordinal
        );
        await hub.ClearRecordAsync();
        nix.Environment["HF_TOKEN"] = "hf_right";
        nix.Environment.Remove("HF_ENDPOINT");

        var outcome = await nix.BuildAsync(
            NixVersion.Current,
            $"with {NixFixture.Offline}; fetchHuggingFace {pin}",
            sandbox: true
        );
        nix.Environment.Remove("HF_TOKEN");

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain("the token from HF_TOKEN was withheld").And.Contain("HF_ENDPOINT=");
        (await hub.RecordAsync()).Should().NotBeEmpty().And.NotContain(request => request.Authorization);
    }

    [Fact]
    public async Task A_definition_may_name_the_variable_that_holds_the_token()
    {
        hub.Repository("acme/named").File("config.json", "{}").Gated("hf_named");
        var pin = (await PinAsync("acme/named", "hf_named"))
            .Replace("repo =", "source.huggingface.repo =", StringComparison.Ordinal)
            .Replace("rev =", "source.huggingface.rev =", StringComparison.Ordinal);
        nix.Environment["MY_TOKEN"] = "hf_named";

        var outcome = await BuildAsync(
            NixVersion.Current,
            $"fetchModel ({{ name = \"named\"; auth.tokenEnvVar = \"MY_TOKEN\"; }} // {pin})"
        );
        nix.Environment.Remove("MY_TOKEN");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
    }

    [Fact]
    public async Task A_killed_build_leaves_nothing_behind_and_the_next_one_succeeds()
    {
        const string Name = "acme/killed";
        hub.Repository(Name).File("config.json", "{}").Lfs("model.bin", Bytes(20_000_000));
        var pin = await PinAsync(Name);
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                repo = Name,
                bytes_per_second = 1_000_000,
            }
        );
        await hub.ClearRecordAsync();
        using (var process = nix.StartBuild($"with {NixFixture.Offline}; fetchHuggingFace {pin}", hub.Endpoint))
        {
            while (!(await RequestsAsync(Name)).Any(request => request.On == "cdn"))
                await Task.Delay(50, Cancellation);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Cancellation);
        }

        await hub.ClearFaultsAsync();
        var outcome = await BuildAsync(NixVersion.Old, $"fetchHuggingFace {pin}");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
    }

    [GeneratedRegex(@"got: +(sha256-\S+)")]
    private static partial Regex Got();

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private Task<Outcome> BuildAsync(NixVersion version, string expression, bool sandbox = true)
    {
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return nix.BuildAsync(version, $"with {NixFixture.Offline}; {expression}", sandbox);
    }

    /// <summary>The output of <c>nix-prefetch-hf</c> from the brace on.</summary>
    private async Task<string> PinAsync(string name, string token = "")
    {
        var outcome = await Executable.RunAsync(
            Executable.Prefetch,
            [name, "--no-store"],
            new Dictionary<string, string>
            {
                ["HF_ENDPOINT"] = hub.Endpoint,
                ["HF_TOKEN"] = token,
                ["HOME"] = nix.Folder,
            }
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return outcome.Output[outcome.Output.IndexOf('{', StringComparison.Ordinal)..];
    }

    private async Task<IEnumerable<RecordedRequest>> RequestsAsync(string name) =>
        (await hub.RecordAsync()).Where(request => request.ToString().Contains(name, StringComparison.Ordinal));
}
