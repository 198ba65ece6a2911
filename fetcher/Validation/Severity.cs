namespace NixAiModels.Validation;

/// <summary>How severe a finding is, in ascending order.</summary>
public enum Severity
{
    /// <summary>Information; refused by no preset.</summary>
    Note,

    /// <summary>Code that only runs when the user opts in, or content that cannot be inspected but runs nothing:
    /// reported by <c>standard</c>, refused by <c>strict</c>.</summary>
    Report,

    /// <summary>Broken, disguised or not resolvable: refused by <c>standard</c>.</summary>
    Suspicious,

    /// <summary>Known to run code, or to reach outside the model's folder, when the model is loaded.</summary>
    Dangerous,
}
