using System.Text;

namespace NixAiModels.Locking;

/// <summary>The bytes of a lock entry that are signed (docs/lock.md, "Canonical form"): lines of ASCII instead of JSON,
/// so that no two writers can disagree on them.</summary>
/// <remarks>They leave out the signatures, and the sum of the sizes, which must be right.</remarks>
public static class CanonicalEntry
{
    private const string Header = "nix-ai-models lock entry 2";

    /// <summary>The canonical form of an entry.</summary>
    /// <param name="name">The entry's name in the lock file; it is signed, so that no signed entry can stand in for
    /// another.</param>
    /// <param name="entry">The entry.</param>
    public static byte[] Of(string name, LockEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string[] lines =
        [
            Header,
            $"name {Hex(name)}",
            .. entry switch
            {
                RepositoryEntry repository => Lines(repository),
                FileEntry files => Lines(files),
                _ => throw new ArgumentException($"no canonical form of {entry.GetType()}", nameof(entry)),
            },
        ];
        return Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")));
    }

    private static string[] Lines(FileEntry entry) =>
        [
            $"source {Hex(entry.Source)}",
            $"ref {OrDash(entry.Ref)}",
            $"rev {OrDash(entry.Revision)}",
            Frozen(entry),
            // The order of the addresses counts.
            .. Sorted(
                entry.Files.Select(file =>
                    string.Join(
                        ' ',
                        [
                            "pinned",
                            Hex(file.Path),
                            file.Sha256.Hex,
                            file.Size?.ToString() ?? "-",
                            .. file.Urls.Select(Hex),
                        ]
                    )
                )
            ),
        ];

    private static string[] Lines(RepositoryEntry entry)
    {
        var patterns = entry.Selection.Lists.SelectMany(list =>
            list.Patterns.Select(pattern => $"{list.Word} {Hex(pattern)}")
        );
        return
        [
            $"repo {entry.Repository}",
            $"type {entry.Repository.TypeWord}",
            $"rev {entry.Commit}",
            $"ref {OrDash(entry.Ref)}",
            $"endpoint {OrDash(entry.Endpoint)}",
            Frozen(entry),
            .. Sorted(patterns),
            .. Sorted(entry.Lfs.Select(file => $"lfs {Hex(file.Path)} {file.Sha256} {file.Size?.ToString() ?? "-"}")),
            $"regular {entry.RegularHash?.Sri ?? "-"}",
            .. Sorted(entry.Regular.Select(file => $"file {Hex(file.Path)} {file.Oid} {file.Size}")),
        ];
    }

    private static string Frozen(LockEntry entry) => $"frozen {(entry.Frozen ? "yes" : "no")}";

    private static string OrDash(string? text) => text is null ? "-" : Hex(text);

    private static IEnumerable<string> Sorted(IEnumerable<string> lines) =>
        lines.Distinct().Order(StringComparer.Ordinal);

    // A name or a pattern may hold any character, including a newline.
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
