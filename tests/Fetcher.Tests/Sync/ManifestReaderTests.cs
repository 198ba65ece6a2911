using System.Text;
using System.Text.Json.Nodes;
using NixAiModels.Sync;

namespace NixAiModels.Tests.Sync;

public sealed class ManifestReaderTests
{
    private const string Complete = """
        {
          "version": 1, "stateDir": "/state", "cacheDir": "/cache/hub/", "unknown": 3,
          "models": [ {
            "name": "m", "repo": "acme/m", "rev": "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837", "out": "/nix/store/out",
            "raw": "/nix/store/raw", "rawDrv": null,
            "source": { "repo": "acme/m", "name": "hf+acme+m", "outputHash": "sha256-…" }
          } ]
        }
        """;

    [Fact]
    public void Unknown_fields_are_passed_over_and_lists_may_be_missing()
    {
        var manifest = Parse(Complete);

        manifest.CacheDirectory.Should().Be("/cache/hub");
        manifest.Auth.TrustedPublicKeys.Should().BeEmpty();
        var model = manifest.Models.Should().ContainSingle().Subject;
        model.Cached!.Refs.Should().BeEmpty();
        model.Source!.Revision.Should().Be("main");
    }

    [Fact]
    public void A_model_that_is_no_repository_of_the_Hub_is_in_no_cache()
    {
        var manifest = Parse(
            """
            {
              "version": 1, "cacheDir": "/cache/hub", "stateDir": "/state",
              "models": [{
                "name": "sdxl", "repo": null, "rev": null, "refs": [], "pinned": true, "partial": false,
                "out": "/nix/store/out", "raw": "/nix/store/raw"
              }]
            }
            """
        );

        manifest.Models.Should().ContainSingle().Which.Cached.Should().BeNull();
    }

    [Theory]
    [InlineData("version", "missing")]
    [InlineData("stateDir", "missing")]
    [InlineData("models", "missing")]
    [InlineData("models[0].name", "missing")]
    [InlineData("models[0].repo", "missing")]
    [InlineData("models[0].rev", "missing")]
    [InlineData("models[0].out", "missing")]
    [InlineData("models[0].raw", "missing")]
    [InlineData("models[0].source.outputHash", "missing")]
    [InlineData("version", "wrong type", "{}")]
    [InlineData("models", "wrong type", "\"text\"")]
    [InlineData("models[0].rev", "wrong type", "[]")]
    [InlineData("models[0].partial", "wrong type", "1")]
    [InlineData("models[0].refs", "wrong type", "\"main\"")]
    [InlineData("models[0].source.connections", "wrong type", "\"many\"")]
    [InlineData("version", "not 1", "2")]
    [InlineData("stateDir", "'relative' is not an absolute path", "\"relative\"")]
    [InlineData("models[0].rev", "'main' is not a commit of 40 hexadecimal digits", "\"main\"")]
    [InlineData("models[0].refs", "'../x' is not the name of a branch or tag", "[ \"../x\" ]")]
    public void A_field_that_is_missing_mistyped_or_invalid_is_a_usage_error_that_names_it(
        string field,
        string why,
        string? value = null
    )
    {
        var failure = FluentActions.Invoking(() => Parse(With(field, value))).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().Be($"invalid manifest: /manifest.json: {field}: {why}");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{ "version": 1, "stateDir": "/state", "models": [ null ] }""")]
    public void Other_text_is_a_usage_error(string text) =>
        FluentActions.Invoking(() => Parse(text)).Should().Throw<Failure>().Which.Code.Should().Be(ExitCode.Usage);

    private static string With(string field, string? value)
    {
        var root = JsonNode.Parse(Complete)!;
        JsonNode parent = root;
        var names = field.Replace("[0]", ".0", StringComparison.Ordinal).Split('.');
        foreach (var name in names[..^1])
            parent = name == "0" ? parent[0]! : parent[name]!;
        if (value is null)
            parent.AsObject().Remove(names[^1]);
        else
            parent[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    private static SyncManifest Parse(string json) =>
        new ManifestReader("/manifest.json").Parse(Encoding.UTF8.GetBytes(json));
}
