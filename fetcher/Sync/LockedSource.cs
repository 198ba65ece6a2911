using NixAiModels.Locking;

namespace NixAiModels.Sync;

/// <summary>Where the files of a locked model come from and what they must be.</summary>
/// <param name="Entry">The model's entry in its lock file.</param>
/// <param name="Connections">How many requests at once, or <see langword="null"/> for the default.</param>
/// <param name="BandwidthLimit">Bytes per second such as "10M", or <see langword="null"/>.</param>
public sealed record LockedSource(LockEntry Entry, int? Connections, string? BandwidthLimit);
