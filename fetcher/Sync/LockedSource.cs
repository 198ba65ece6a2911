using NixAiModels.Locking;

namespace NixAiModels.Sync;

/// <summary>The source of a locked model, with the digest of each file.</summary>
/// <param name="Entry">The model's entry in its lock file.</param>
/// <param name="Connections">The number of requests at once, or <see langword="null"/> for the default.</param>
/// <param name="BandwidthLimit">Bytes per second such as "10M", or <see langword="null"/>.</param>
/// <param name="Transport">Which way large files are downloaded, or <see langword="null"/> for the default.</param>
public sealed record LockedSource(RepositoryEntry Entry, int? Connections, string? BandwidthLimit, string? Transport);
