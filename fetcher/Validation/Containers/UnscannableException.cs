namespace NixAiModels.Validation.Containers;

/// <summary>A limit of the scan was reached, or there is no decoder: content that cannot be inspected does not
/// pass.</summary>
internal sealed class UnscannableException(string what) : Exception(what);
