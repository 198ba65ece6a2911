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
        var patterns = entry.Selection.Lists.SelectMany(list =>
            list.Patterns.Select(pattern => $"{list.Word} {Hex(pattern)}")
        );
        string[] lines =
        [
            Header,
            $"name {Hex(name)}",
            $"repo {entry.Repository}",
            $"type {entry.Repository.TypeWord}",
            $"rev {entry.Commit}",
            $"ref {(entry.Ref is null ? "-" : Hex(entry.Ref))}",
            $"endpoint {(entry.Endpoint is null ? "-" : Hex(entry.Endpoint))}",
            $"frozen {(entry.Frozen ? "yes" : "no")}",
            .. Sorted(patterns),
            .. Sorted(entry.Lfs.Select(file => $"lfs {Hex(file.Path)} {file.Sha256} {file.Size?.ToString() ?? "-"}")),
            $"regular {entry.RegularHash?.Sri ?? "-"}",
            .. Sorted(entry.Regular.Select(file => $"file {Hex(file.Path)} {file.Oid} {file.Size}")),
        ];
        return Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> lines) =>
        lines.Distinct().Order(StringComparer.Ordinal);

    // A name or a pattern may hold any character, including a newline.
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
