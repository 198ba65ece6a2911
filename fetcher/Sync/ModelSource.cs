using NixAiModels.Hub;

namespace NixAiModels.Sync;

/// <summary>Where a model's snapshot comes from and what it must be: the arguments of its fixed-output
/// derivation.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">A commit, a branch or a tag.</param>
/// <param name="Files">Paths or patterns, each of which must match.</param>
/// <param name="Include">Patterns of what is taken.</param>
/// <param name="Exclude">Patterns of what is left out.</param>
/// <param name="Endpoint">Another hub than the default, or <see langword="null"/>.</param>
/// <param name="Connections">How many requests at once, or <see langword="null"/> for the default.</param>
/// <param name="BandwidthLimit">Bytes per second such as "10M", or <see langword="null"/>.</param>
/// <param name="CaBundle">A file of certificates, or <see langword="null"/>.</param>
/// <param name="StoreName">The name in the store.</param>
/// <param name="OutputHash">The NAR hash that the snapshot must have, in any form that Nix reads.</param>
public sealed record ModelSource(
    RepositoryId Repository,
    string Revision,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude,
    string? Endpoint,
    int? Connections,
    string? BandwidthLimit,
    string? CaBundle,
    string StoreName,
    string OutputHash
);
