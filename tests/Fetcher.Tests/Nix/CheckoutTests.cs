using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>Pins of nixpkgs' <c>fetchFromHuggingFace</c>, whose hash is that of a git checkout with LFS files and
/// without <c>.git</c>.</summary>
public sealed class CheckoutTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_git_checkout_has_the_hash_that_we_compute()
    {
        var weights = new byte[300_000];
        new Random(7).NextBytes(weights);
        var repository = hub.Repository("acme/checkout")
            .File(".gitattributes", "*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
            .File("config.json", "{}\r\n")
            .File("empty", "")
            .File("sub/ünï code.txt", "a\n")
            .Lfs("sub/model.safetensors", weights)
            .Tag("v1.0");
        var hash = await HashOfCheckoutAsync(repository);

        hash.Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var built = await BuildAsync(
                version,
                $$"""fetchHuggingFace { repoId = "acme/checkout"; tag = "v1.0"; backend = "lfs"; hash = "{{hash}}"; }"""
            );
            built.ExitCode.Should().Be(0, built.Errors);
            (await NarHash.OfPathAsync(nix.OnDisk(version, built.Output.Trim()), Cancellation)).Sri.Should().Be(hash);
        }
    }

    [Fact]
    public async Task An_executable_file_is_the_one_difference_and_the_error_says_so()
    {
        var repository = hub.Repository("acme/executable").File("config.json", "{}").File("run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(
            Path.Combine(repository.Folder, "run.sh"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        var theirs = await HashOfCheckoutAsync(repository);
        var rev = await hub.CommitAsync("acme/executable");
        string Expression(string hash) =>
            $$"""fetchHuggingFace { repoId = "acme/executable"; rev = "{{rev}}"; hash = "{{hash}}"; }""";

        var refused = await BuildAsync(NixVersion.Current, Expression(theirs));

        refused.ExitCode.Should().NotBe(0);
        refused.Errors.Should().Contain("if git marks a file executable").And.Contain(theirs);
        var line = refused.Errors.Split('\n').Last(line => line.Contains("hash = \"sha256-", StringComparison.Ordinal));
        var ours = line[line.IndexOf("sha256-", StringComparison.Ordinal)..].Split('"')[0];
        ours.Should().NotBe(theirs);
        var built = await BuildAsync(NixVersion.Current, Expression(ours));
        built.ExitCode.Should().Be(0, built.Errors);
    }

    [Fact]
    public async Task Its_root_directory_is_a_selection_here_and_the_error_says_which()
    {
        var refused = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""
            with {{NixFixture.Offline}};
            fetchHuggingFace { repoId = "a/b"; tag = "v1"; rootDir = "onnx"; hash = ""; }
            """
        );

        refused.ExitCode.Should().NotBe(0);
        refused.Errors.Should().Contain("`rootDir` has no counterpart").And.Contain("""next: include = [ "onnx/" ];""");
    }

    [Fact]
    public async Task Its_arguments_mean_the_same_as_ours()
    {
        const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        const string Rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        var same = await nix.EvaluateAsync(
            NixVersion.Old,
            $$"""
            with {{NixFixture.Offline}};
            map (pin: (fetchHuggingFace (pin // { hash = "{{Hash}}"; })).outPath) [
              { repo = "a/b"; rev = "{{Rev}}"; repoType = "dataset"; }
              { repoId = "a/b"; rev = "{{Rev}}"; repoType = "dataset"; }
              {
                repoId = "a/b"; rev = "{{Rev}}"; tag = null;
                repoType = "dataset"; domain = "huggingface.co"; backend = "lfs"; rootDir = "";
              }
              { repoId = "a/b"; rev = "{{Rev}}"; repoType = "dataset"; domain = "hub.example.org"; }
            ]
            """
        );
        System.Text.Json.JsonSerializer.Deserialize<string[]>(same)!.Distinct().Should().ContainSingle();
        (
            await nix.EvaluateAsync(
                NixVersion.Old,
                $$"""
                with {{NixFixture.Offline}};
                (fetchHuggingFace {
                  repoId = "a/b"; tag = "v1"; domain = "hub.example.org"; hash = "{{Hash}}";
                }).endpoint
                """
            )
        ).Should().Be("\"https://hub.example.org\"");
    }

    private Task<Outcome> BuildAsync(NixVersion version, string expression)
    {
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return nix.BuildAsync(version, $"with {NixFixture.Offline}; {expression}");
    }

    /// <summary>Commits a repository's files as git-lfs does (a pointer for every LFS file), clones that, and hashes
    /// the clone without <c>.git</c>.</summary>
    private async Task<string> HashOfCheckoutAsync(TestRepository repository)
    {
        var work = Directory.CreateDirectory(Path.Combine(nix.Folder, Guid.NewGuid().ToString("N"))).FullName;
        string origin = Path.Combine(work, "origin"),
            clone = Path.Combine(work, "clone"),
            objects = Directory.CreateDirectory(Path.Combine(work, "objects")).FullName;
        await RunAsync("cp", "-a", repository.Folder, origin);
        foreach (var file in Directory.EnumerateFiles(origin, "*.safetensors", SearchOption.AllDirectories))
        {
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            var oid = Convert.ToHexStringLower(SHA256.HashData(content));
            await File.WriteAllBytesAsync(Path.Combine(objects, oid), content, Cancellation);
            await File.WriteAllTextAsync(
                file,
                $"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {content.Length}\n",
                Cancellation
            );
        }

        await RunAsync("git", "-C", origin, "init", "--quiet");
        await RunAsync("git", "-C", origin, "-c", "filter.lfs.clean=cat", "add", "--all");
        await RunAsync(
            "git",
            "-C",
            origin,
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@localhost",
            "commit",
            "--quiet",
            "--message",
            "files"
        );
        await RunAsync(
            "git",
            "-c",
            $"filter.lfs.smudge=cat '{objects}'/$(sed -n 's/^oid sha256://p')",
            "-c",
            "filter.lfs.required=true",
            "clone",
            "--quiet",
            origin,
            clone
        );
        Directory.Delete(Path.Combine(clone, ".git"), recursive: true);
        return (await NarHash.OfPathAsync(clone, Cancellation)).Sri;
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var outcome = await Executable.RunAsync(
            program,
            arguments,
            new Dictionary<string, string> { ["HOME"] = nix.Folder }
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
    }
}
