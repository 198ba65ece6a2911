using System.Text.Json.Serialization;

namespace NixAiModels.Validation;

/// <summary>The root of a SARIF log; this record and those below have the names of the specification's objects.</summary>
internal sealed record SarifLog(IReadOnlyList<SarifRun> Runs)
{
    /// <summary>The log's JSON schema.</summary>
    [JsonPropertyName("$schema"), JsonPropertyOrder(-2)]
    public string Schema =>
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>The version of the specification.</summary>
    [JsonPropertyOrder(-1)]
    public string Version => "2.1.0";
}

internal sealed record SarifRun(SarifTool Tool, IReadOnlyList<SarifResult> Results)
{
    /// <summary>The unit of columns.</summary>
    public string ColumnKind => "utf16CodeUnits";
}

internal sealed record SarifTool(SarifDriver Driver);

internal sealed record SarifDriver(string Name, string Version, IReadOnlyList<SarifRule> Rules);

internal sealed record SarifRule(string Id);

internal sealed record SarifResult(
    string RuleId,
    string Level,
    SarifMessage Message,
    IReadOnlyList<SarifLocation>? Locations
);

internal sealed record SarifMessage(string Text);

internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation);

internal sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion? Region);

internal sealed record SarifArtifactLocation(string Uri);

internal sealed record SarifRegion(long? ByteOffset = null, long? StartLine = null);

/// <summary>How SARIF is written in JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SarifLog))]
internal sealed partial class SarifJson : JsonSerializerContext;
