namespace NixAiModels.Cache;

/// <summary>Where the token for gated and private models is. Never the token.</summary>
/// <param name="TokenFile">A file, perhaps beginning with <c>~/</c>, or <see langword="null"/>.</param>
/// <param name="TokenVariable">The name of an environment variable, or <see langword="null"/>.</param>
public sealed record SyncAuth(string? TokenFile, string? TokenVariable);
