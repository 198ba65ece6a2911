namespace NixAiModels.Validation;

/// <summary>What a failed validator does to the model.</summary>
public enum OnFailure
{
    /// <summary>The model is refused: the build fails, exit 8.</summary>
    Abort,

    /// <summary>The findings stand in the log and in the report.</summary>
    Warn,

    /// <summary>The findings stand in the report only.</summary>
    Skip,
}
