using System.Text;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>A cache directory, read from its open folder on: no link in it is followed, nothing in it is waited for.
/// Paths are absolute; what is not in the cache directory cannot be named.</summary>
/// <param name="path">The cache directory.</param>
/// <param name="folder">The open folder; <see langword="null"/> where there is none yet.</param>
internal sealed class CacheTree(string path, FolderHandle? folder) : IDisposable
{
    private const int LongestRef = 4096;

    /// <summary>The open folder.</summary>
    internal FolderHandle? Folder { get; set; } = folder;

    /// <summary>The path from the open folder on.</summary>
    internal string Relative(string entry) =>
        entry == path ? "."
        : entry.StartsWith(path + "/", StringComparison.Ordinal) ? entry[(path.Length + 1)..]
        : throw new ArgumentException($"not in {path}: {entry}");

    /// <summary>The entry at a path; nothing where a link is in the way.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal CacheEntry At(string entry) =>
        Try(
            entry,
            (open, relative) =>
                open.Entry(relative)?.Kind switch
                {
                    null => default,
                    FileKind.Folder => new CacheEntry(null, true, false),
                    FileKind.Link when open.Link(relative) is { } target => new CacheEntry(
                        Encoding.UTF8.GetString(target),
                        false,
                        false
                    ),
                    _ => new CacheEntry(null, false, true),
                }
        );

    /// <summary>The text of a ref's file; <see langword="null"/> if it is missing, not a regular file, or too long for
    /// a ref.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal string? RefText(string entry) =>
        Try(
            entry,
            (open, relative) => open.Read(relative, LongestRef) is { } text ? Encoding.UTF8.GetString(text) : null
        );

    /// <summary>The status of a folder itself, or of an entry; <see langword="null"/> where there is nothing.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal FileStatus? Status(string entry) =>
        Try(entry, (open, relative) => relative == "." ? open.Status : open.Entry(relative));

    /// <summary>The paths of a folder's entries; empty if it is missing or a link.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal IReadOnlyList<string> Entries(string folder) =>
        Try(folder, (open, relative) => open.NamesIn(relative).ConvertAll(name => $"{folder}/{name}")) ?? [];

    /// <summary>All entries below a folder, real folders before what is in them.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal IEnumerable<(string Path, CacheEntry Entry)> Below(string folder)
    {
        foreach (var inner in Entries(folder))
        {
            var entry = At(inner);
            yield return (inner, entry);
            if (!entry.IsDirectory)
                continue;
            foreach (var deeper in Below(inner))
                yield return deeper;
        }
    }

    public void Dispose() => Folder?.Dispose();

    private T? Try<T>(string entry, Func<FolderHandle, string, T?> read)
    {
        if (Folder is null)
            return default;
        try
        {
            return read(Folder, Relative(entry));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, entry);
        }
    }
}
