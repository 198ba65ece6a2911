namespace NixAiModels.Tests.Nix;

/// <summary>nixlib's errors for wrong arguments.</summary>
public sealed class ArgumentTests(NixFixture nix) : IClassFixture<NixFixture>
{
    private const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    public static TheoryData<string, string> Mistakes =>
        new()
        {
            {
                """fetchHuggingFace { repo = "a/b"; sha256 = ""; }""",
                "unknown argument `sha256`; did you mean `hash`?"
            },
            { """fetchHuggingFace { repo = "a/b"; includes = [ ]; }""", "did you mean `include`?" },
            { """fetchHuggingFace { repo_id = "a/b"; }""", "did you mean `repo`?" },
            { """fetchHuggingFace { repoId = "a/b"; repo = "a/b"; hash = ""; }""", "mean the same" },
            { """fetchHuggingFace { repoId = "a/b"; rev = "v1"; tag = "v1"; hash = ""; }""", "mean the same" },
            {
                """fetchHuggingFace { repoId = "a/b"; tag = "v1"; sparseCheckout = [ "x" ]; hash = ""; }""",
                "unknown argument `sparseCheckout`"
            },
            { """fetchHuggingFace { hash = ""; }""", "next: repo = \"ORG/NAME\";" },
            { """fetchHuggingFace { repo = "a/b"; }""", "next: nix-prefetch-hf a/b --rev main" },
            {
                """fetchHuggingFace { repo = "https://huggingface.co/datasets/a/b/tree/main"; hash = ""; }""",
                """next: repo = "a/b"; repoType = "dataset";"""
            },
            { """fetchHuggingFace { repo = "hf://a/b@v1"; hash = ""; }""", "next: repo = \"a/b\";" },
            { """fetchHuggingFace { repo = "a/b/c"; hash = ""; }""", "is not a repository name" },
            { """fetchHuggingFace { repo = "a--b"; hash = ""; }""", "is not a repository name" },
            { """fetchHuggingFace { repo = "a/b.git"; hash = ""; }""", "is not a repository name" },
            { """fetchHuggingFace { repo = "a/-b"; hash = ""; }""", "is not a repository name" },
            { """fetchHuggingFace { repo = "../b"; hash = ""; }""", "is not a repository name" },
            {
                """fetchHuggingFace { repo = "a/b"; repoType = "models"; hash = ""; }""",
                "must be \"model\", \"dataset\", \"space\" or \"kernel\""
            },
            {
                """fetchHuggingFace { repo = "a/b"; rev = "6f75de8"; hash = ""; }""",
                "next: nix-prefetch-hf a/b --rev 6f75de8"
            },
            {
                """fetchHuggingFace { repo = "a/b"; rev = "6F75DE8B60A9F8A2FDF7B69CBD86D9E64BCB3837"; hash = ""; }""",
                "lower-case"
            },
            { """fetchHuggingFace { repo = "a/b"; rev = ""; hash = ""; }""", "`rev = \"\"` must be a commit" },
            {
                """fetchHuggingFace { repo = "a/b"; include = "*.json"; hash = ""; }""",
                """next: include = [ "*.json" ];"""
            },
            {
                """fetchHuggingFace { repo = "a/b"; files = [ 1 ]; hash = ""; }""",
                "`files` must be a list of file names or patterns"
            },
            {
                """
                    fetchModel {
                      name = "m"; hash = ""; source.huggingface = { repo = "a/b"; files = [ "model.safetensors" ]; };
                      validation.preset = "strict";
                    }
                    """,
                "the validator `validConfigJson` reads config.json, which the selection leaves out"
            },
            {
                """
                    fetchModel {
                      name = "m"; hash = ""; source.huggingface = { repo = "a/b"; files = [ "x.gguf" ]; };
                      validation.validators = [ (validation.validators.license [ "mit" ]) ];
                    }
                    """,
                "next: select it"
            },
            { """fetchHuggingFace { repo = "a/b"; hash = "sha256-AAAA"; }""", "is not a sha256 hash" },
            {
                """fetchHuggingFace { repo = "a/b"; hash = "sha512-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="; }""",
                "is not a sha256 hash"
            },
            {
                """fetchHuggingFace { repo = "a/b"; hash = ""; endpoint = "huggingface.co"; }""",
                "`endpoint = \"huggingface.co\"` must be a URL"
            },
            {
                """fetchHuggingFace { repo = "a/b"; hash = ""; endpoint = "https://user:secret@example.org"; }""",
                "must not hold a user name or password"
            },
            {
                """fetchHuggingFace { repo = "a/b"; hash = ""; network.connection = 1; }""",
                "unknown argument `network.connection`; did you mean `network.connections`?"
            },
            { """fetchHuggingFace { repo = "a/b"; hash = ""; network.connections = 0; }""", "from 1 to 256" },
            {
                """fetchHuggingFace { repo = "a/b"; hash = ""; network.bandwidthLimit = "fast"; }""",
                "bandwidthLimit = \"50M\""
            },
            {
                """fetchHuggingFace { repo = "a/b"; hash = ""; network.transport = "fast"; }""",
                "`network.transport` must be \"auto\", \"plain\" or \"xet\""
            },
            { """fetchHuggingFace { repo = "a/b"; hash = ""; name = "a b"; }""", "cannot be in a store path" },
            { """fetchHuggingFaceFile { repo = "a/b"; hash = ""; }""", "`file` is missing" },
            {
                """fetchHuggingFaceFile { repo = "a/b"; file = "../x"; hash = ""; }""",
                "must be a file's path in the repository"
            },
            { """fetchModel { source.huggingface.repo = "a/b"; hash = ""; }""", "`name` is missing" },
            { """fetchModel { name = "m"; hash = ""; }""", "`source` is missing" },
            { """fetchModel { name = "m"; source.hf.repo = "a/b"; hash = ""; }""", "unknown argument `source.hf`" },
            {
                """fetchModel { name = "m"; source.huggingface = { repo = "a/b"; include = "x"; }; hash = ""; }""",
                "fetchModel \"m\": `source.huggingface.include` must be a list"
            },
            {
                """
                    fetchModel {
                      name = "m"; source.huggingface = { repo = "a/b"; rev = "x"; revision = "y"; }; hash = "";
                    }
                    """,
                "remove `revision`"
            },
            {
                """fetchModel { name = "m"; source.huggingface = { repo = "a/b"; ref = "../x"; }; hash = ""; }""",
                "is not the name of a branch or tag"
            },
            {
                """(mkModels { llama = { source.huggingface.repo = "a"; hash = "x"; }; }).llama""",
                "fetchModel \"llama\""
            },
        };

    public static TheoryData<string> Tokens =>
        new(
            """fetchHuggingFace { repo = "a/b"; hash = ""; token = "hf_x"; }""",
            """fetchHuggingFace { repo = "a/b"; hash = ""; hfToken = "x"; }""",
            """fetchHuggingFace { repo = "a/b"; hash = ""; HF_TOKEN = "x"; }""",
            """
            fetchModel {
              name = "m"; source.huggingface.repo = "a/b"; hash = ""; auth.tokenFile = "/run/secrets/hf";
            }
            """,
            """fetchModel { name = "m"; source.huggingface.repo = "a/b"; hash = ""; auth.token = "x"; }""",
            """fetchModel { name = "m"; source.huggingface = { repo = "a/b"; token = "x"; }; hash = ""; }""",
            """
            fetchHuggingFace {
              repo = "a/b"; hash = ""; endpoint = "https://example.org/hf_abcdefghijABCDEFGHIJ0123456789abcd";
            }
            """,
            """
            fetchModel {
              name = "m"; hash = "";
              source.huggingface = { repo = "a/b"; include = [ "hf_abcdefghijABCDEFGHIJ0123456789abcd" ]; };
            }
            """
        );

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_wrong_argument_is_named_with_its_correction(string expression, string expected)
    {
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var outcome = await nix.RunAsync(
                version,
                "nix-instantiate",
                "-E",
                $"with {NixFixture.Offline}; {expression}"
            );

            outcome.ExitCode.Should().Be(1, outcome.Errors);
            outcome.Errors.Should().Contain("error: nix-ai-models: fetch").And.Contain(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task A_token_is_refused_without_repeating_it_and_the_error_lists_the_places_for_one(string expression)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $"with {NixFixture.Offline}; {expression}"
        );

        outcome.ExitCode.Should().Be(1, outcome.Errors);
        outcome
            .Errors.Should()
            .Contain("a token must not be in a Nix expression")
            .And.Contain("nix-prefetch-hf")
            .And.Contain("auth.tokenFile")
            .And.NotContain("hf_abcdefghij");
    }

    [Fact]
    public async Task A_token_file_in_the_store_is_an_error_that_says_to_revoke_the_token()
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""
            with {{NixFixture.Offline}};
            fetchModel { name = "m"; source.huggingface.repo = "a/b"; hash = ""; auth.tokenFile = ./etc/nix.conf; }
            """
        );

        outcome.Errors.Should().Contain("revoke this one");
    }

    [Fact]
    public async Task An_empty_hash_is_a_warning_with_the_command_that_fills_it_in()
    {
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var outcome = await nix.RunAsync(
                version,
                "nix-instantiate",
                "-E",
                $$"""
                with {{NixFixture.Offline}};
                fetchHuggingFace {
                  repo = "a/b"; rev = "v1"; repoType = "dataset"; include = [ "*.json" "it's" ]; hash = "";
                }
                """
            );

            outcome.ExitCode.Should().Be(0, outcome.Errors);
            outcome
                .Errors.Should()
                .Contain(@"nix-prefetch-hf a/b --type dataset --rev v1 --include '*.json' --include 'it'\''s'");
        }
    }

    [Fact]
    public async Task A_branch_warns_once_that_it_is_not_pinned_and_a_commit_does_not()
    {
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var moving = await nix.RunAsync(version, "nix-instantiate", "-E", Model("main"));
            var pinned = await nix.RunAsync(version, "nix-instantiate", "-E", Model(new string('a', 40)));

            moving.Errors.Split("is not pinned").Should().HaveCount(2, moving.Errors);
            pinned.ExitCode.Should().Be(0, pinned.Errors);
            pinned.Errors.Should().NotContain("pinned");
        }

        static string Model(string revision) =>
            $$"""
                let
                  model = ({{NixFixture.Offline}}).fetchModel {
                    name = "m"; source.huggingface = { repo = "a/b"; rev = "{{revision}}"; }; hash = "{{Hash}}";
                  };
                in [ model.raw model ]
                """;
    }
}
