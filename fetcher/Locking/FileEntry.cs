using NixAiModels.Hub;
using NixAiModels.Sources;

namespace NixAiModels.Locking;

/// <summary>A model of files that are pinned one by one at addresses: of any source but the Hub.</summary>
public sealed record FileEntry : LockEntry
{
    /// <summary>The source's word in definitions, such as <c>url</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What an update asks the source for again, where it has names that move; else
    /// <see langword="null"/>.</summary>
    public string? Ref { get; init; }

    /// <summary>What <see cref="Ref"/> stood for when the entry was pinned, in the source's own form.</summary>
    public string? Revision { get; init; }

    /// <summary>What <see cref="Revision"/> is the digest of, to the byte, where the source has such a text; else
    /// <see langword="null"/>.</summary>
    public string? Manifest { get; init; }

    /// <summary>The files; no two have one path.</summary>
    public required IReadOnlyList<PinnedFile> Files { get; init; }

    /// <inheritdoc/>
    public override string Origin => Ref ?? KnownSources.Display(Files[0].Urls[0]);

    /// <inheritdoc/>
    public override long? Size => Files.Any(file => file.Size is null) ? null : Files.Sum(file => file.Size);

    /// <inheritdoc/>
    public override IReadOnlyList<HubFile> Listing =>
        [.. Files.Select(file => new HubFile(file.Path, file.Size ?? 0, file.Sha256))];
}
