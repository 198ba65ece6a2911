using System.Text.Json.Serialization;

namespace NixAiModels.Signing;

/// <summary>What a <see cref="SignedManifest"/> is in JSON (docs/signing.md).</summary>
internal sealed record ManifestContent(
    string Repository,
    IReadOnlyList<SignedFile> Files,
    IReadOnlyList<string?> EmptyFolders,
    IReadOnlyList<string?> Signatures
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ManifestContent))]
internal sealed partial class ManifestJson : JsonSerializerContext;
