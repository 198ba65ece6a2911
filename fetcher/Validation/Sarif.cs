using System.Text.Json;

namespace NixAiModels.Validation;

/// <summary>A report as SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning
/// services.</summary>
internal static class Sarif
{
    /// <summary>Writes one SARIF log with one run and a newline behind it.</summary>
    public static void Write(Report report, Stream output)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString(
                "$schema",
                "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
            );
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, report);
            json.WriteStartArray("results");
            foreach (var result in report.Validators)
            {
                foreach (var finding in result.Findings)
                    WriteResult(json, result, finding);
            }

            json.WriteEndArray();
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteTool(Utf8JsonWriter json, Report report)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "nix-ai-models");
        json.WriteString("version", typeof(Sarif).Assembly.GetName().Version?.ToString(3) ?? "0");
        json.WriteStartArray("rules");
        foreach (var name in report.Validators.Select(result => result.Spec.Name).Distinct(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ValidatorResult result, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", result.Spec.Name);
        json.WriteString(
            "level",
            result.Refuses(finding)
                ? result.Status == ValidatorStatus.Refused
                    ? "error"
                    : "warning"
                : finding.Severity == Severity.Note
                    ? "note"
                    : "warning"
        );
        json.WriteStartObject("message");
        json.WriteString("text", $"{TextReport.Line(finding)}. {finding.Why} {finding.Fix}");
        json.WriteEndObject();
        if (finding.File.Length > 0)
        {
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", string.Join('/', finding.File.Split('/').Select(Uri.EscapeDataString)));
            json.WriteEndObject();
            WriteRegion(json, finding.Place);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteRegion(Utf8JsonWriter json, string? place)
    {
        var (key, number) =
            place?.Split(' ') is [var word, var text] && long.TryParse(text, out var value)
                ? word switch
                {
                    "byte" => ("byteOffset", value),
                    "line" when value > 0 => ("startLine", value),
                    _ => (string.Empty, 0),
                }
                : (string.Empty, 0);
        if (key.Length == 0)
            return;
        json.WriteStartObject("region");
        json.WriteNumber(key, number);
        json.WriteEndObject();
    }
}
