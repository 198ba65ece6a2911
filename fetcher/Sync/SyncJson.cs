using System.Text.Json.Serialization;

namespace NixAiModels.Sync;

/// <summary>Reads and writes the JSON files of sync without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ManifestJson))]
[JsonSerializable(typeof(SyncState.Content))]
[JsonSerializable(typeof(ReportedFiles))]
internal sealed partial class SyncJson : JsonSerializerContext;
