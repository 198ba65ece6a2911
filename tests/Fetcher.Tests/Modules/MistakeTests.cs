namespace NixAiModels.Tests.Modules;

/// <summary>An invalid configuration fails with the option's path and the fix.</summary>
public sealed class MistakeTests
{
    private const string Hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string OtherHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string Failed = "config.assertions";

    [Theory]
    [InlineData(
        """models.x.hash = "";""",
        "services.ai-models.models.x has no source",
        "nix-prefetch-hf lock add ORG/NAME --name x"
    )]
    [InlineData(
        """models.x = { source.civitai.name = "x"; hash = "HASH"; };""",
        "services.ai-models.models.x.source.civitai: there is no such source",
        """models.x.source.huggingface.repo = "ORG/NAME";"""
    )]
    [InlineData(
        """models.x.source.huggingface.repo = "a/b";""",
        "services.ai-models.models.x.hash is missing",
        "nix-prefetch-hf a/b --rev main"
    )]
    [InlineData(
        """models.x = { source.huggingface.repo = "a/b"; hash = "sha256-no"; };""",
        "services.ai-models.models.x.hash = \"sha256-no\" is not a sha256 hash",
        "nix-prefetch-hf a/b --rev main"
    )]
    [InlineData(
        """models.x = { source.huggingface.repo = "a/b"; hash = "HASH"; lockFile = "/l.json"; };""",
        "services.ai-models.models.x has both `lockFile` and `hash`",
        "remove services.ai-models.models.x.hash"
    )]
    [InlineData(
        """models.x = { source.huggingface.repo = "a/b"; lockFile = "/l.json"; };""",
        "services.ai-models.models.x has both `lockFile` and `source`",
        "remove services.ai-models.models.x.source"
    )]
    [InlineData(
        """models.x.validation.preset = "strict";""",
        "services.ai-models.models.x has no source",
        """models.x.source.huggingface.repo = "ORG/NAME";"""
    )]
    [InlineData(
        """auth.tokenFile = ./secret;""",
        "services.ai-models.auth.tokenFile is in the Nix store",
        """tokenFile = "/run/secrets/hf-token";"""
    )]
    [InlineData(
        """auth.tokenFile = "/nix/store/abc-secret";""",
        "services.ai-models.auth.tokenFile is in the Nix store",
        "revoke the token"
    )]
    [InlineData(
        """auth.tokenFile = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH";""",
        "services.ai-models.auth.tokenFile is a token, not the path",
        "revoke that token"
    )]
    [InlineData(
        """auth.tokenFile = "~/token";""",
        "services.ai-models.auth.tokenFile = \"~/token\" must be an absolute path",
        """tokenFile = "/run/secrets/hf-token";"""
    )]
    [InlineData(
        """integration.huggingface.cacheDir = "/nix/store/hub";""",
        "services.ai-models.integration.huggingface.cacheDir = \"/nix/store/hub\" must be "
            + "an absolute path outside the Nix store",
        """cacheDir = "/var/cache/huggingface/hub";"""
    )]
    [InlineData(
        """integration.huggingface.cacheDir = "/data/my models";""",
        "services.ai-models.integration.huggingface.cacheDir = \"/data/my models\" has characters",
        """cacheDir = "/data/models";"""
    )]
    [InlineData(
        """
            models.x.source.huggingface = { repo = "a/b"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
            models.x.hash = "HASH";
            models.y.source.huggingface = { repo = "a/b"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
            models.y.hash = "OTHER";
            """,
        "services.ai-models.models.x and services.ai-models.models.y are the same revision of a/b "
            + "with different hashes",
        "nix-prefetch-hf a/b --rev 6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"
    )]
    [InlineData(
        """
            models.x.source.huggingface = { repo = "a/b"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
            models.x.hash = "HASH";
            models.y.source.huggingface = { repo = "a/b"; rev = "0123456789abcdef0123456789abcdef01234567"; };
            models.y.hash = "OTHER";
            """,
        "services.ai-models.models.x and services.ai-models.models.y are different revisions of a/b, "
            + "both named `main`",
        "services.ai-models.models.y.source.huggingface.ref = \"v1.0\";"
    )]
    public async Task A_mistake_is_an_assertion_that_names_the_option_and_the_fix(
        string configuration,
        string option,
        string fix
    )
    {
        configuration = configuration
            .Replace("HASH", Hash, StringComparison.Ordinal)
            .Replace("OTHER", OtherHash, StringComparison.Ordinal);
        var module = $$"""{ services.ai-models = { enable = true; {{configuration}} }; }""";
        var messages = await MessagesAsync($"(import {StandIn.Folder}/nixos.nix {{ modules = [ {module} ]; }})");

        messages.Should().Contain(message => message.Contains(option)).Which.Should().Contain(fix);
    }

    [Fact]
    public async Task A_mistake_in_home_manager_is_named_by_its_path_there()
    {
        var messages = await MessagesAsync(
            $$"""
            (import {{StandIn.Folder}}/home-manager.nix { modules = [ {
              programs.ai-models = {
                enable = true; integration.huggingface.cacheDir = "~/models"; auth.tokenFile = "token";
              };
            } ]; })
            """
        );

        messages
            .Should()
            .Contain(message => message.Contains("programs.ai-models.integration.huggingface.cacheDir = \"~/models\""));
        messages
            .Should()
            .Contain(message =>
                message.Contains("programs.ai-models.auth.tokenFile = \"token\" must begin with / or ~/")
            );
    }

    [Theory]
    [InlineData(
        """models.x = { source.huggingface = { repo = "a/b"; branch = "main"; }; hash = ""; };""",
        "`services.ai-models.models.x.source.huggingface.branch' does not exist"
    )]
    [InlineData("""models.x = { repo = "a/b"; hash = ""; };""", "`services.ai-models.models.x.repo' does not exist")]
    [InlineData("""lockFile = "/nowhere/models.lock.json";""", "there is no /nowhere/models.lock.json")]
    [InlineData("""models.x.lockFile = ROOT/examples/public-models/models.lock.json;""", "has no model `x`")]
    [InlineData(
        """
            lockFile = ROOT/examples/public-models/models.lock.json;
            auth.trustedPublicKeys = [ "me-1:3p9ZzGqTc0bKzVBhUOQTKLtG5e8NqoCBxcLbb9aQ1rY=" ];
            """,
        "is not signed, and `trustedPublicKeys` requires a signature"
    )]
    [InlineData("""modles = { };""", "`services.ai-models.modles' does not exist")]
    [InlineData(
        """models.x = { source.huggingface.repo = "a/b"; hash = ""; validation.preset = "srtict"; };""",
        "`services.ai-models.models.x.validation.preset' is not of type `null or one of \"minimal\""
    )]
    [InlineData("""fetch = "later";""", "`services.ai-models.fetch' is not of type")]
    [InlineData("""modelPaths.x = "/x";""", "`services.ai-models.modelPaths' is read-only")]
    [InlineData("""environment.HF_HOME = "/x";""", "`services.ai-models.environment' is read-only")]
    [InlineData(
        """models.x = { source.huggingface.repo = "https://huggingface.co/a/b"; hash = ""; };""",
        "repo = \"a/b\";"
    )]
    [InlineData(
        """models.x = { source.huggingface = { repo = "a/b"; rev = "6f75de8"; }; hash = ""; };""",
        "a shortened commit"
    )]
    [InlineData(
        """models."my model" = { source.huggingface.repo = "a/b"; hash = ""; };""",
        "cannot be in a store path"
    )]
    public async Task A_value_that_an_option_does_not_take_is_an_error_at_its_path(string configuration, string error)
    {
        configuration = configuration.Replace("ROOT", Published.Executable.Root, StringComparison.Ordinal);
        var outcome = await StandIn.RunAsync(
            $$"""
            let
              module = { services.ai-models = { enable = true; {{configuration}} }; };
              inherit (import {{StandIn.Folder}}/nixos.nix { modules = [ module ]; }) config;
            in { inherit (config.services.ai-models) models fetch modelPaths environment; inherit (config) warnings; }
            """
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(error);
    }

    [Fact]
    public async Task A_model_without_a_pin_or_a_hash_is_a_warning_with_the_command()
    {
        var warnings = (
            await StandIn.NixOSAsync(
                $$"""
                { services.ai-models = { enable = true; fetch = "build"; auth.tokenFile = "/run/t"; models = {
                    moving = { source.huggingface.repo = "a/b"; source.huggingface.rev = "v1"; hash = "{{Hash}}"; };
                    asking = { source.huggingface = { repo = "a/c"; include = [ "*.json" ]; }; hash = ""; };
                    pinned = {
                      source.huggingface = { repo = "a/d"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
                      hash = "{{Hash}}";
                    };
                }; }; }
                """,
                "config.warnings"
            )
        ).AsArray().Select(each => (string)each!).ToList();

        warnings
            .Should()
            .SatisfyRespectively(
                asking =>
                    asking
                        .Should()
                        .Contain("services.ai-models.models.asking.hash is empty")
                        .And.Contain("nix-prefetch-hf a/c --rev main --include '*.json'"),
                moving =>
                    moving
                        .Should()
                        .Contain("services.ai-models.models.moving is not pinned: when `v1` moves")
                        .And.Contain("nix-prefetch-hf a/b --rev v1"),
                token => token.Should().Contain("services.ai-models.fetch = \"build\" ignores services.ai-models.auth")
            );
    }

    private static async Task<List<string>> MessagesAsync(string system) =>
        [
            .. (
                await StandIn.EvaluateAsync(
                    $"map (each: each.message) (builtins.filter (each: !each.assertion) {system}.{Failed})"
                )
            )
                .AsArray()
                .Select(each => (string)each!),
        ];

    [Theory]
    [InlineData("", "programs.ai-models.auth.tokenEnvVar is not seen by launchd*next: *tokenFile = \"~/*")]
    [InlineData("auth.tokenFile = \"~/token\";", null)]
    [InlineData("fetch = \"build\";", null)]
    public async Task On_a_Mac_a_variable_of_the_shell_alone_is_refused_as_the_token(string more, string? message)
    {
        var assertions = await StandIn.HomeAsync(
            $$"""{ programs.ai-models = { enable = true; auth.tokenEnvVar = "HF_TOKEN"; {{more}} }; }""",
            Failed,
            "isLinux = false;"
        );

        var failed = assertions.AsArray().Where(each => !(bool)each!["assertion"]!).Select(each => each!["message"]);
        if (message is null)
            failed.Should().BeEmpty();
        else
            ((string)failed.Single()!).Should().Match(message);
    }
}
