using System.Text.Json;

namespace NixAiModels.Validation;

/// <summary>A report as SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning
/// services.</summary>
internal static class Sarif
{
    private const string Schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>Writes one SARIF log with one run and a final newline.</summary>
    public static void Write(Report report, Stream output)
    {
        var version = typeof(Sarif).Assembly.GetName().Version?.ToString(3) ?? "0";
        var rules = report.Validators.Select(result => result.Spec.Name).Distinct(StringComparer.Ordinal);
        var run = new SarifRun(
            new SarifTool(new SarifDriver("nix-ai-models", version, [.. rules.Select(name => new SarifRule(name))])),
            [.. report.Validators.SelectMany(result => result.Findings.Select(finding => Result(result, finding)))],
            "utf16CodeUnits"
        );
        JsonSerializer.Serialize(output, new SarifLog(Schema, "2.1.0", [run]), SarifJson.Default.SarifLog);
        output.WriteByte((byte)'\n');
    }

    private static SarifResult Result(ValidatorResult result, Finding finding) =>
        new(
            result.Spec.Name,
            Level(result, finding),
            new SarifMessage($"{TextReport.Line(finding)}. {finding.Why} {finding.Fix}"),
            finding.File.Length > 0 ? [Location(finding)] : null
        );

    private static string Level(ValidatorResult result, Finding finding) =>
        result.Refuses(finding)
            ? result.Status == ValidatorStatus.Refused
                ? "error"
                : "warning"
            : finding.Severity == Severity.Note
                ? "note"
                : "warning";

    private static SarifLocation Location(Finding finding)
    {
        var uri = string.Join('/', finding.File.Split('/').Select(Uri.EscapeDataString));
        return new SarifLocation(new SarifPhysicalLocation(new SarifArtifactLocation(uri), Region(finding.Place)));
    }

    private static SarifRegion? Region(string? place) =>
        place?.Split(' ') is [var word, var text] && long.TryParse(text, out var number)
            ? word switch
            {
                "byte" => new SarifRegion(ByteOffset: number),
                "line" when number > 0 => new SarifRegion(StartLine: number),
                _ => null,
            }
            : null;
}
