using System.Text;
using System.Text.Json.Nodes;
using NixAiModels.Sources.Oci;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary>Manifests, of which none is to be believed.</summary>
public sealed class OciManifestTests
{
    private static readonly OllamaName Name = OllamaName.Parse("tiny:1b");

    [Fact]
    public async Task The_files_have_plain_names_and_nix_gives_the_same()
    {
        var manifest = Parse(
            Manifest([
                Layer("model", 1),
                Layer("projector", 2),
                Layer("adapter", 3),
                Layer("adapter", 4),
                Layer("template", 5),
                Layer("system", 6),
                Layer("params", 7),
                Layer("license", 8),
                Layer("license", 9),
                Layer("license", 8),
                Layer("messages", 10),
            ])
        );

        var files = OllamaFiles.Of(Name, manifest);

        files
            .Select(file => file.Path)
            .Should()
            .Equal(
                "tiny-1b.gguf",
                "mmproj-tiny-1b.gguf",
                "adapter-tiny-1b.gguf",
                "adapter-2-tiny-1b.gguf",
                "template",
                "system",
                "params.json",
                "license",
                "license-2",
                "license-3",
                "messages.json",
                "ollama-config.json"
            );
        manifest.Size.Should().Be(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 99, "equal blobs are one");
        var text = NixAiModels.Terminal.NixText.StringLiteral(Encoding.UTF8.GetString(manifest.Bytes.Span));
        var nix = await Executable.RunAsync(
            "nix-instantiate",
            [
                "--eval",
                "--strict",
                "--json",
                "-E",
                $$"""
                import {{Executable.Root}}/nixlib/ollamaFiles.nix { fail = throw; stem = "tiny-1b"; }
                  (builtins.fromJSON {{text}})
                """,
            ]
        );
        nix.ExitCode.Should().Be(0, nix.Errors);
        JsonNode
            .Parse(nix.Output)!
            .AsArray()
            .Select(file => $"{file!["path"]} {file["sha256"]} {file["size"]}")
            .Should()
            .Equal(files.Select(file => $"{file.Path} {file.Sha256.Hex} {file.Size}"));
    }

    public static TheoryData<string, string> Hostile() =>
        new()
        {
            { "[]", "not an object" },
            { "{", "invalid manifest" },
            { """{"schemaVersion":1,"layers":[]}""", "schemaVersion is not 2" },
            { """{"schemaVersion":2,"manifests":[]}""", "an index of images for several platforms" },
            { """{"schemaVersion":2}""", "no list of layers" },
            { """{"schemaVersion":2,"layers":[]}""", "0 layers" },
            { Manifest([.. Enumerable.Range(0, 10_000).Select(i => Layer("license", 1))]), "10000 layers" },
            { Manifest([Layer("model", 1)]).Replace("\"config\"", "\"x\"", StringComparison.Ordinal), "no config" },
            { Manifest([Layer("model", -1)]), "layers[0]: invalid size" },
            { Manifest([Layer("model", long.MaxValue)]), "layers[0]: invalid size" },
            {
                Manifest([.. Enumerable.Range(0, 9).Select(i => Layer("license", 9_000_000_000_000 + i))]),
                "more than 10 TB"
            },
            { Manifest([Raw("model", "md5:00", "1")]), "'md5:00' is not a sha256 digest" },
            { Manifest([Raw("model", "sha256:../../etc/passwd", "1")]), "is not a sha256 digest" },
            { Manifest([Raw("model", $"sha256:{new string('A', 64)}", "1")]), "is not a sha256 digest" },
            { Manifest([Raw("model", $"sha256:{new string('a', 64)}", "\"1\"")]), "invalid size" },
            { Manifest([Raw("model", $"sha256:{new string('a', 64)}", "1e99")]), "invalid size" },
            {
                Manifest([
                    Raw("model", $"sha256:{new string('a', 64)}", "1"),
                    Raw("license", $"sha256:{new string('a', 64)}", "2"),
                ]),
                "two sizes of sha256:aaaa"
            },
            { Manifest([Layer("model", 1), Layer("model", 2)]), "2 GGUF files, where a model has one" },
            { Manifest([Layer("license", 1)]), "0 GGUF files" },
            { Manifest([Layer("tensor", 1)]), "a model of single tensors (MLX)" },
            { Manifest([Layer("../../x", 1)]), "a layer of an unknown type" },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_manifest_is_refused(string text, string message) =>
        FluentActions
            .Invoking(() => OllamaFiles.Of(Name, Parse(text)))
            .Should()
            .Throw<Failure>()
            .Where(failure => failure.Code == ExitCode.Integrity)
            .Which.Message.Should()
            .Contain(message);

    [Fact]
    public void A_manifest_of_many_megabytes_is_refused_before_it_is_read() =>
        FluentActions
            .Invoking(() => OciManifest.Parse(new byte[OciManifest.MaxBytes + 1], "registry"))
            .Should()
            .Throw<Failure>()
            .WithMessage("*more than 4 MiB*");

    private static OciManifest Parse(string text) => OciManifest.Parse(Encoding.UTF8.GetBytes(text), "registry");

    private static string Layer(string kind, long size) => Raw(kind, $"sha256:{(ulong)size:x64}", $"{size}");

    private static string Raw(string kind, string digest, string size) =>
        $$"""{"mediaType":"application/vnd.ollama.image.{{kind}}","digest":"{{digest}}","size":{{size}}}""";

    private static string Manifest(string[] layers) =>
        $$"""
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{{Raw(
            "config",
            $"sha256:{new string('c', 64)}",
            "99"
        )}},"layers":[{{string.Join(',', layers)}}]}
        """;
}
