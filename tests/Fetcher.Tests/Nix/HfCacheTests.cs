using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Nix;

/// <summary>Several models as one read-only cache.</summary>
public sealed class HfCacheTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task It_holds_every_model_by_name_and_by_commit(NixVersion version)
    {
        hub.Repository("acme/first").File("config.json", "{}").Tag("v1.0");
        var old = await hub.CommitAsync("acme/first");
        hub.Repository("acme/second").File("config.json", "[]");
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        string Model(string name, string repository, string rev, string more = "") =>
            $$"""
                {{name}} = fetchModel {
                  name = "{{name}}"; source.huggingface = { repo = "{{repository}}"; rev = "{{rev}}"; {{more}} };
                  hash = "{{Of(name)}}"; validation.preset = "none";
                };
                """;
        string Of(string name) => NarHash(name == "second" ? "acme/second" : "acme/first");

        var outcome = await nix.BuildAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            hfCache { models = { {{Model("first", "acme/first", old, "ref = \"v1.0\";")}} {{Model(
                "second",
                "acme/second",
                await hub.CommitAsync("acme/second")
            )}} }; }
            """
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var cache = nix.OnDisk(version, outcome.Output.Trim());
        Directory
            .GetFileSystemEntries(cache)
            .Select(Path.GetFileName)
            .Should()
            .BeEquivalentTo("models--acme--first", "models--acme--second");
        foreach (var name in (string[])["main", "v1.0"])
            File.ReadAllText(Path.Combine(cache, "models--acme--first/refs", name)).Should().Be(old);
        var raw = new FileInfo(Path.Combine(cache, "models--acme--first/snapshots", old)).LinkTarget!;
        File.ReadAllText(nix.OnDisk(version, raw) + "/config.json").Should().Be("{}");
        (await nix.RunAsync(version, "nix-store", "--query", "--references", outcome.Output.Trim()))
            .Output.Trim()
            .Split('\n')
            .Should()
            .HaveCount(2);
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task Two_selections_of_one_revision_are_one_snapshot(NixVersion version)
    {
        var name = $"acme/parts-{version}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").File("a.txt", "a").File("b.txt", "b");
        var commit = await hub.CommitAsync(name);
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        async Task<string> PartAsync(string files)
        {
            var pin = await Published.Executable.RunAsync(
                Published.Executable.Prefetch,
                [name, "--no-store", "--format", "sri", "--file", "config.json", "--file", files],
                new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint, ["HOME"] = nix.Folder }
            );
            pin.ExitCode.Should().Be(0, pin.Errors);
            return $$"""
                { source.huggingface = { repo = "{{name}}"; rev = "{{commit}}"; };
                  source.huggingface.files = [ "config.json" "{{files}}" ];
                  hash = "{{pin.Output.Trim()}}"; validation.preset = "minimal"; }
                """;
        }

        var outcome = await nix.BuildAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            hfCache { models = { a = {{await PartAsync("a.txt")}}; b = {{await PartAsync("b.txt")}}; }; }
            """
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var repository = nix.OnDisk(version, outcome.Output.Trim()) + "/models--" + name.Replace("/", "--");
        Directory
            .GetFileSystemEntries($"{repository}/snapshots/{commit}")
            .Select(Path.GetFileName)
            .Should()
            .BeEquivalentTo("config.json", "a.txt", "b.txt");
        Cache
            .OfflineClient.Tree(repository, commit)!
            .Select(file => file.Key)
            .Should()
            .Equal("a.txt", "b.txt", "config.json");
    }

    [Theory]
    [InlineData(
        """
            a = model "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837" { };
            b = model "7f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837" { };
            """,
        "both named `main`"
    )]
    [InlineData(
        """
            a = model "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837" { };
            b = model "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837" { } // {
              hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
            };
            """,
        "the same revision of a/b with different hashes"
    )]
    public async Task Models_that_conflict_are_named(string models, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""
            with {{NixFixture.Offline}};
            let model = rev: more: { source.huggingface = { repo = "a/b"; inherit rev; } // more; hash = "{{Hash}}"; };
            in hfCache { models = { {{models}} }; }
            """
        );

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain("hfCache: models.a and models.b").And.Contain(message);
    }

    private string NarHash(string repository) =>
        NixAiModels
            .Nar.NarHash.OfPathAsync(hub.Repository(repository).Folder, TestContext.Current.CancellationToken)
            .GetAwaiter()
            .GetResult()
            .Sri;
}
