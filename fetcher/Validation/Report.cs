using System.Text;
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

    private static readonly ReportJson Json = new(
        new JsonSerializerOptions(ReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

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
            throw TextReport.ToFailure(this);
    }

    /// <summary>Writes the report as one JSON document and a final newline.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var document = new ReportDocument(SchemaVersion, Verdict, [.. Validators.Select(ReportedValidator.Of)], Files);
        output.Write(
            Encoding.UTF8.GetBytes(Printable.Json(JsonSerializer.Serialize(document, Json.ReportDocument)) + '\n')
        );
    }
}
