using System.Security.Cryptography;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Validation;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary>A model in the registry of a test hub.</summary>
internal sealed class OllamaModel
{
    public const string Template = "{{ if .System }}{{ .System }}{{ end }}{{ .Prompt }}";

    public OllamaModel(TestHubFixture hub, string name, string tag = "1b", int size = 200_000, int seed = 1)
    {
        Weights = Gguf(size, seed);
        Repository = hub.Registered(name, tag)
            .File("config", """{"model_format":"gguf","model_family":"llama","architecture":"amd64","os":"linux"}""")
            .File("model", Weights)
            .File("template", Template)
            .File("system", "Be brief.")
            .File("params", """{"stop":["<|eot|>"]}""")
            .File("license", "MIT")
            .File("license-2", "Apache-2.0");
        Name = $"{name}:{tag}";
    }

    public string Name { get; }

    public TestRepository Repository { get; }

    public byte[] Weights { get; }

    public string WeightsDigest => Sha256(Weights);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Gguf(int size, int seed)
    {
        var noise = new byte[size];
        new Random(seed).NextBytes(noise);
        var head = FormatBytes.Gguf(
            [
                FormatBytes.GgufKey("general.architecture", 8, FormatBytes.GgufText("llama")),
                FormatBytes.GgufKey("general.size_label", 8, FormatBytes.GgufText("1B")),
            ],
            [FormatBytes.GgufTensor("w", [(ulong)size / 4])],
            0
        );
        return [.. head, .. noise];
    }
}
