namespace NixAiModels.Validation.Containers;

/// <summary>A bound of the scan was reached, or something has no decoder here: what cannot be looked into is not
/// passed.</summary>
internal sealed class UnscannableException(string what) : Exception(what);
