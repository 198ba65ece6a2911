namespace NixAiModels.Sync;

/// <summary>Where the token for gated and private models is (never the token), and who may vouch for pins.</summary>
/// <param name="TokenFile">A file, perhaps beginning with <c>~/</c>, or <see langword="null"/>.</param>
/// <param name="TokenVariable">The name of an environment variable, or <see langword="null"/>.</param>
/// <param name="TrustedPublicKeys">Keys of which one must have signed the entry of a lock file; where there are none,
/// nobody need have.</param>
public sealed record SyncAuth(string? TokenFile, string? TokenVariable, IReadOnlyList<string> TrustedPublicKeys);
