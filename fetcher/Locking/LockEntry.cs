using NixAiModels.Hub;
using NixAiModels.Signing;

namespace NixAiModels.Locking;

/// <summary>One model of a lock file, pinned file by file (docs/lock.md).</summary>
public abstract record LockEntry
{
    /// <summary>Whether an update leaves the entry where it is.</summary>
    public bool Frozen { get; init; }

    /// <summary>Signatures of <see cref="CanonicalEntry"/>.</summary>
    public IReadOnlyList<Signature> Signatures { get; init; } = [];

    /// <summary>Where it is from, for messages.</summary>
    public abstract string Origin { get; }

    /// <summary>Bytes of all files; <see langword="null"/> where the size of one is unknown.</summary>
    public abstract long? Size { get; }

    /// <summary>The entry's files as a hub's listing has them.</summary>
    /// <remarks>An unknown size is 0.</remarks>
    public abstract IReadOnlyList<HubFile> Listing { get; }
}
