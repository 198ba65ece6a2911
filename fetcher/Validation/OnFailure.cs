namespace NixAiModels.Validation;

/// <summary>What a failed validator does to the model.</summary>
public enum OnFailure
{
    /// <summary>The model is refused: the build fails, exit 8.</summary>
    Abort,

    /// <summary>The findings go to the log and to the report.</summary>
    Warn,

    /// <summary>The findings go to the report only.</summary>
    Skip,
}
