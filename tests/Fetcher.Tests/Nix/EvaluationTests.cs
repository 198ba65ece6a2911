using System.Text.Json;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>nixlib's derivations, evaluated but not built.</summary>
public sealed class EvaluationTests(NixFixture nix) : IClassFixture<NixFixture>
{
    private const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    private const string HexHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Commit = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";

    // The builder does not exist: names and paths do not depend on it.
    private static readonly string Nixlib =
        $$"""import {{Executable.Root}}/nixlib { fetcher = { command = [ "/builder" ]; }; system = "x86_64-linux"; }""";

    [Fact]
    public async Task The_path_of_a_snapshot_depends_on_its_name_and_hash_alone()
    {
        var expression = $$"""
            let
              source = { repo = "prajjwal1/bert-tiny"; rev = "{{Commit}}"; hash = "{{Hash}}"; };
              other = import {{Executable.Root}}/nixlib {
                fetcher.command = [ "/other" ]; system = "aarch64-linux"; caBundle = "/ca";
              };
            in map (snapshot: snapshot.outPath) [
              (({{Nixlib}}).fetchHuggingFace source)
              (other.fetchHuggingFace (source // { endpoint = "http://127.0.0.1:1"; network.connections = 2; }))
              (other.fetchModel {
                name = "m"; source.huggingface = { inherit (source) repo rev; }; inherit (source) hash;
              }).raw
            ]
            """;
        var expected = (
            await Executable.RunAsync(
                "nix-store",
                [
                    "--print-fixed-path",
                    "--recursive",
                    "sha256",
                    HexHash,
                    "hf+prajjwal1+bert-tiny+6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837",
                ]
            )
        ).Output.Trim();

        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var paths = JsonSerializer.Deserialize<string[]>(await nix.EvaluateAsync(version, expression))!;
            paths.Should().AllBe(expected);
        }
    }

    [Fact]
    public async Task A_file_has_the_path_that_fetchurl_gave_it()
    {
        // What nixpkgs' fetchurl and builtins.fetchurl make of a URL and a hash, as far as the path depends on it.
        var expression = $$"""
            [
              (({{Nixlib}}).fetchHuggingFaceFile {
                repo = "unsloth/gemma-4-E2B-it-GGUF"; rev = "{{Commit}}"; file = "sub/gemma.gguf"; hash = "{{Hash}}";
              }).outPath
              (derivation {
                name = baseNameOf "https://huggingface.co/unsloth/gemma-4-E2B-it-GGUF/resolve/main/sub/gemma.gguf";
                builder = "/bin/sh"; system = "x86_64-linux";
                outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "{{Hash}}";
              }).outPath
            ]
            """;
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var paths = JsonSerializer.Deserialize<string[]>(await nix.EvaluateAsync(version, expression))!;
            paths[0].Should().Be(paths[1]);
        }
    }

    [Theory]
    [InlineData("", true, "")]
    [InlineData("""files = [ "config.json" "model.safetensors" ];""", false, "states the licence")]
    [InlineData("""files = [ "config.json" "model.safetensors" "README.md" ];""", true, "")]
    [InlineData("""include = [ "*.json" "LICENSE*" ];""", true, "")]
    [InlineData("""include = [ "*.json" "*.{x}.safetensors" ];""", false, "states the licence")]
    [InlineData("""include = [ "[Rr]EADME.md" "*.gguf" ];""", true, "")]
    [InlineData("""exclude = [ "*.md" "LICENSE" "*.txt" ];""", false, "states the licence")]
    public async Task Strict_asks_for_no_licence_where_the_selection_leaves_it_out(
        string selection,
        bool isChecked,
        string said
    )
    {
        var expression = $$"""
            let
              nixlib = {{Nixlib}};
              model = nixlib.fetchModel {
                name = "m"; hash = "{{Hash}}"; validation = nixlib.validation.presets.strict;
                source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; {{selection}} };
              };
            in { inherit (model) unchecked; runs = map (validator: validator.name) model.validation.validators; }
            """;
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var model = JsonNode.Parse(await nix.EvaluateAsync(version, expression))!;
            model["runs"]!.AsArray().Any(name => (string)name! == "license").Should().Be(isChecked);
            string.Concat(model["unchecked"]!.AsArray().Select(text => (string)text!)).Should().EndWith(said);
        }
    }

    [Fact]
    public async Task A_hash_may_have_any_form()
    {
        var expression = $$"""
            let nixlib = {{Nixlib}}; in
            map (hash: (nixlib.fetchHuggingFaceFile { repo = "a/b"; file = "onnx/model.onnx"; inherit hash; }).outPath)
              [ "{{Hash}}" "{{HexHash}}" "{{HexHash.ToUpperInvariant()}}" "sha256:{{HexHash}}"
                "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s" "{{Hash.TrimEnd(
                '='
            )}}" ]
            """;
        var expected = (
            await Executable.RunAsync("nix-store", ["--print-fixed-path", "sha256", HexHash, "model.onnx"])
        ).Output.Trim();

        foreach (var version in Enum.GetValues<NixVersion>())
        {
            JsonSerializer.Deserialize<string[]>(await nix.EvaluateAsync(version, expression)).Should().AllBe(expected);
        }
    }

    [Fact]
    public async Task A_snapshot_is_a_fixed_output_derivation_of_the_executable()
    {
        var instantiated = await nix.RunAsync(
            NixVersion.Old,
            "nix-instantiate",
            "-E",
            $$"""
            (({{Nixlib}}).fetchHuggingFace {
              repo = "a/b"; rev = "{{Commit}}"; include = [ "*.json" ]; hash = "{{Hash}}";
              network.bandwidthLimit = "50M";
            })
            """
        );
        var shown = await nix.RunAsync(NixVersion.Old, "nix", "show-derivation", instantiated.Output.Trim());
        var derivation = JsonNode.Parse(shown.Output)!.AsObject().Single().Value!;
        var attributes = JsonNode.Parse((string)derivation["env"]!["__json"]!)!.AsObject();

        ((string)derivation["builder"]!).Should().Be("/builder");
        derivation["args"]!.AsArray().Select(each => (string)each!).Should().Equal("fetch");
        derivation["outputs"]!["out"]!["hashAlgo"]!.GetValue<string>().Should().Be("r:sha256");
        attributes
            .Select(each => each.Key)
            .Should()
            .BeEquivalentTo(
                "bandwidthLimit",
                "builder",
                "impureEnvVars",
                "include",
                "name",
                "outputHash",
                "outputHashAlgo",
                "outputHashMode",
                "preferLocalBuild",
                "repo",
                "repoType",
                "rev",
                "system",
                "unsafeDiscardReferences"
            );
        attributes["unsafeDiscardReferences"]!["out"]!.GetValue<bool>().Should().BeTrue();
        attributes["impureEnvVars"]!
            .AsArray()
            .Select(each => (string)each!)
            .Should()
            .Contain("HF_TOKEN", "HF_ENDPOINT", "NIX_SSL_CERT_FILE", "https_proxy", "HTTPS_PROXY", "NETRC");
    }

    [Theory]
    [InlineData("""{ repo = "a/b"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; }""", Commit, "main")]
    [InlineData(
        """{ repo = "a/b"; revision = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; ref = "v1.0"; }""",
        Commit,
        "main v1.0"
    )]
    [InlineData(
        """{ repo = "a/b"; rev = "refs/pr/1"; }""",
        "ba7816bf8f01cfea414140de5dae2223b00361a3",
        "main refs/pr/1"
    )]
    [InlineData("""{ repo = "a/b"; }""", "ba7816bf8f01cfea414140de5dae2223b00361a3", "main")]
    public async Task A_model_knows_the_revision_and_the_refs_of_its_view(string source, string revision, string refs)
    {
        var json = JsonNode.Parse(
            await nix.EvaluateAsync(
                NixVersion.Current,
                $$"""
                let
                  model = ({{Nixlib}}).fetchModel {
                    name = "m"; source.huggingface = {{source}}; hash = "{{Hash}}"; meta.description = "x";
                  };
                in {
                  inherit (model) rev refs hfCacheName repo repoType meta definition name;
                  rawIsDerivation = model.raw.type == "derivation";
                }
                """
            )
        )!;

        ((string)json["rev"]!).Should().Be(revision);
        string.Join(' ', json["refs"]!.AsArray().Select(each => (string)each!)).Should().Be(refs);
        ((string)json["hfCacheName"]!).Should().Be("models--a--b");
        ((string)json["definition"]!["hash"]!).Should().Be(Hash);
        json["rawIsDerivation"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task modelPaths_takes_definitions_and_models()
    {
        var json = JsonNode.Parse(
            await nix.EvaluateAsync(
                NixVersion.Current,
                $$"""
                with {{Nixlib}};
                let definition = { source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; }; hash = "{{Hash}}"; };
                in modelPaths { one = definition; two = fetchModel (definition // { name = "other"; }); }
                """
            )
        )!;

        ((string)json["one"]!).Should().EndWith("-one");
        ((string)json["two"]!).Should().EndWith("-other");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task It_evaluates_in_restricted_mode(NixVersion version)
    {
        var path = await nix.EvaluateAsync(
            version,
            $$"""
            (({{Nixlib}}).fetchModel {
              name = "m"; source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; }; hash = "{{Hash}}";
            }).outPath
            """,
            "--option",
            "restrict-eval",
            "true",
            "--option",
            "allow-import-from-derivation",
            "false",
            "-I",
            $"{Executable.Root}/nixlib"
        );

        path.Should().Contain("-m");
    }
}
