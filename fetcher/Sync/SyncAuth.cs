namespace NixAiModels.Sync;

/// <summary>Where the token for gated and private models is (never the token itself), and whose signatures of pins are
/// trusted.</summary>
/// <param name="TokenFile">A file, perhaps beginning with <c>~/</c>, or <see langword="null"/>.</param>
/// <param name="TokenVariable">The name of an environment variable, or <see langword="null"/>.</param>
/// <param name="Endpoints">Hubs besides huggingface.co that may get the token.</param>
/// <param name="TrustedPublicKeys">Keys of which one must have signed the entry of a lock file; if there are none,
/// entries need no signature.</param>
public sealed record SyncAuth(
    string? TokenFile,
    string? TokenVariable,
    IReadOnlyList<string> Endpoints,
    IReadOnlyList<string> TrustedPublicKeys
);
