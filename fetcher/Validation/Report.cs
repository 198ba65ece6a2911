using System.Text.Encodings.Web;
using System.Text.Json;

namespace NixAiModels.Validation;

/// <summary>The outcome of a validation.</summary>
public enum Verdict
{
    /// <summary>It may be used.</summary>
    Accepted,

    /// <summary>It may be used; a validator that warns would have refused it.</summary>
    Warned,

    /// <summary>It must not be used: exit 8.</summary>
    Refused,
}

/// <summary>The result of a validation; its JSON is docs/report.schema.json and the same on every run.</summary>
/// <param name="Validators">What each validator did, in the order of the plan.</param>
/// <param name="Files">Every file, by path.</param>
public sealed record Report(IReadOnlyList<ValidatorResult> Validators, IReadOnlyList<FileFacts> Files)
{
    private const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Json = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The outcome for the model.</summary>
    public Verdict Verdict =>
        Validators.Any(result => result.Status == ValidatorStatus.Refused) ? Verdict.Refused
        : Validators.Any(result => result.Status == ValidatorStatus.Warned) ? Verdict.Warned
        : Verdict.Accepted;

    /// <summary>Throws what a refused model ends the process with; does nothing for any other.</summary>
    /// <exception cref="Failure">The model is refused (exit 8); the message lists the findings.</exception>
    public void ThrowIfRefused()
    {
        if (Verdict == Verdict.Refused)
            throw TextReport.Refusal(this);
    }

    /// <summary>Writes the report as one JSON document and a final newline.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using (var json = new Utf8JsonWriter(output, Json))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("verdict", Word(Verdict));
            json.WriteStartArray("validators");
            foreach (var result in Validators)
                WriteValidator(json, result);
            json.WriteEndArray();
            json.WriteStartArray("files");
            foreach (var file in Files)
                WriteFile(json, file);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>An enumeration's value as reports spell it.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void WriteValidator(Utf8JsonWriter json, ValidatorResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Spec.Name);
        json.WriteString("status", Word(result.Status));
        json.WriteString("onFailure", Word(result.Spec.OnFailure ?? OnFailure.Abort));
        json.WriteString("refuse", Word(result.Spec.Refuse ?? Severity.Suspicious));
        json.WriteNumber("timeout", result.Spec.Timeout ?? ValidationPlan.DefaultTimeout);
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Word(finding.Severity));
            json.WriteString("file", finding.File);
            json.WriteString("place", finding.Place);
            json.WriteString("message", finding.Message);
            json.WriteString("why", finding.Why);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, FileFacts file)
    {
        json.WriteStartObject();
        json.WriteString("path", file.Path);
        json.WriteNumber("size", file.Size);
        json.WriteString("sha256", file.Sha256);
        if (file.GitBlobId is { } id)
            json.WriteString("gitBlobId", id);
        json.WriteEndObject();
    }
}
