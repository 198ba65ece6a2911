using System.Text.Json.Serialization;

namespace NixAiModels.Validation;

/// <summary>A report as its JSON has it: docs/report.schema.json.</summary>
internal sealed record ReportDocument(
    int SchemaVersion,
    Verdict Verdict,
    IReadOnlyList<ReportedValidator> Validators,
    IReadOnlyList<FileFacts> Files
);

/// <summary>A validator's result as the JSON of a report has it.</summary>
internal sealed record ReportedValidator(
    string Name,
    ValidatorStatus Status,
    OnFailure OnFailure,
    Severity Refuse,
    int Timeout,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Allow,
    IReadOnlyList<Finding> Findings
)
{
    /// <summary>Takes from a result what a report has of it.</summary>
    public static ReportedValidator Of(ValidatorResult result) =>
        new(
            result.Spec.Name,
            result.Status,
            result.Spec.OnFailure ?? OnFailure.Abort,
            result.Spec.Refuse ?? Severity.Suspicious,
            result.Spec.Timeout ?? ValidationPlan.DefaultTimeout,
            result.Spec.Allow,
            result.Findings
        );
}

/// <summary>How reports are written in JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [
        typeof(LowerCaseEnum<Verdict>),
        typeof(LowerCaseEnum<ValidatorStatus>),
        typeof(LowerCaseEnum<OnFailure>),
        typeof(LowerCaseEnum<Severity>),
    ]
)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
