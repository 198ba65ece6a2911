using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>How one file of a model differs between two listings.</summary>
/// <param name="Path">The file.</param>
/// <param name="Before">The file in the first listing; <see langword="null"/> where it was added.</param>
/// <param name="After">The file in the second; <see langword="null"/> where it was removed.</param>
public sealed record FileChange(string Path, HubFile? Before, HubFile? After)
{
    /// <summary>Compares the files that an entry pins with those of a listing.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="listing">The selected files of a listing.</param>
    /// <returns>The files whose content differs, by path. A size that the entry lacks is not compared.</returns>
    public static IReadOnlyList<FileChange> Between(RepositoryEntry entry, IReadOnlyList<HubFile> listing)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var unknownSizes = entry
            .Lfs.Where(file => file.Size is null)
            .Select(file => file.Path)
            .ToHashSet(StringComparer.Ordinal);
        var before = entry.Listing.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var after = listing.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return
        [
            .. before
                .Keys.Union(after.Keys)
                .Order(StringComparer.Ordinal)
                .Select(path => new FileChange(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                .Where(change => !change.IsSameContent(unknownSizes)),
        ];
    }

    /// <summary>One line to show: <c>+</c> added, <c>-</c> removed, <c>~</c> changed.</summary>
    public override string ToString() =>
        (Before, After) switch
        {
            (null, { } added) => $"+ {Printable.Escape(Path)}  {Amounts.Size(added.Size)}",
            ({ } removed, null) => $"- {Printable.Escape(Path)}  {Amounts.Size(removed.Size)}",
            ({ } old, { } now) when old.Size != now.Size =>
                $"~ {Printable.Escape(Path)}  {Amounts.Size(old.Size)} → {Amounts.Size(now.Size)}",
            _ => $"~ {Printable.Escape(Path)}  {Amounts.Size(After!.Size)}, other content",
        };

    // A file that is pinned by its sha256 may be a regular one, for which the hub lists no sha256: only its size can be
    // compared.
    private bool IsSameContent(HashSet<string> unknownSizes) =>
        Before is not null
        && After is not null
        && (Before.Size == After.Size || unknownSizes.Contains(Path))
        && (Before.Digest == After.Digest || (Before.IsLfs && !After.IsLfs));
}
