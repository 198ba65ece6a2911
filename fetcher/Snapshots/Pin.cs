using NixAiModels.Nar;

namespace NixAiModels.Snapshots;

/// <summary>A pinned snapshot: everything that a definition of it needs.</summary>
/// <param name="Snapshot">The files.</param>
/// <param name="Selection">The patterns that selected them.</param>
/// <param name="Hash">Their hash.</param>
/// <param name="Name">The name in the store, if it is not the usual one.</param>
/// <param name="Endpoint">The hub, if it is not the default.</param>
/// <param name="IsFlat">Whether the snapshot's one file is pinned by itself.</param>
/// <param name="StorePath">Where the files are in the store; <see langword="null"/> if they were not added.</param>
public sealed record Pin(
    Snapshot Snapshot,
    Selection Selection,
    NixHash Hash,
    string? Name,
    string? Endpoint,
    bool IsFlat,
    string? StorePath
);
