using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>How one file of a model differs between two listings.</summary>
/// <param name="Path">The file.</param>
/// <param name="Before">As it was; <see langword="null"/> where it is new.</param>
/// <param name="After">As it is; <see langword="null"/> where it is gone.</param>
public sealed record FileChange(string Path, HubFile? Before, HubFile? After)
{
    /// <summary>Compares the files that an entry pins with those of a listing.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="listing">The selected files of a listing.</param>
    /// <returns>What differs in content, by path. A size that the entry does not know is no difference.</returns>
    public static IReadOnlyList<FileChange> Between(LockEntry entry, IReadOnlyList<HubFile> listing)
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

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        (Before, After) switch
        {
            (null, { } added) => $"+ {Printable.Escape(Path)}  {Amounts.Size(added.Size)}",
            ({ } removed, null) => $"- {Printable.Escape(Path)}  {Amounts.Size(removed.Size)}",
            ({ } old, { } now) when old.Size != now.Size =>
                $"~ {Printable.Escape(Path)}  {Amounts.Size(old.Size)} → {Amounts.Size(now.Size)}",
            _ => $"~ {Printable.Escape(Path)}  {Amounts.Size(After!.Size)}, other content",
        };

    // What is pinned one by one may be a regular file, of which the hub lists no sha256: its size is all that can be
    // compared.
    private bool IsSameContent(HashSet<string> unknownSizes) =>
        Before is not null
        && After is not null
        && (Before.Size == After.Size || unknownSizes.Contains(Path))
        && (
            Before.Sha256 is null || After.Sha256 is null
                ? Before.Sha256 is not null || Before.Oid == After.Oid && After.Sha256 is null
                : Before.Sha256 == After.Sha256
        );
}
