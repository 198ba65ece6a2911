namespace NixAiModels.Validation;

/// <summary>How a validator ended.</summary>
public enum ValidatorStatus
{
    /// <summary>It found nothing that it refuses.</summary>
    Passed,

    /// <summary>It refuses the model.</summary>
    Refused,

    /// <summary>It would refuse the model; its <see cref="OnFailure"/> is to warn.</summary>
    Warned,

    /// <summary>It would refuse the model; its <see cref="OnFailure"/> is to leave it at the report.</summary>
    Skipped,
}

/// <summary>The result of one validator.</summary>
/// <param name="Spec">The validator as it was asked for, with <see cref="ValidatorSpec.OnFailure"/>,
/// <see cref="ValidatorSpec.Timeout"/> and
/// <see cref="ValidatorSpec.Refuse"/> filled in.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Findings">Its findings, the most severe first.</param>
public sealed record ValidatorResult(ValidatorSpec Spec, ValidatorStatus Status, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether a finding is one that the validator refuses.</summary>
    public bool Refuses(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Severity >= (Spec.Refuse ?? Severity.Suspicious);
    }
}
