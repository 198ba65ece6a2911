using System.Text;

namespace NixAiModels.Locking;

/// <summary>What a signature of a lock entry signs (docs/lock.md, "Canonical form"): no JSON but lines of text, so that
/// no two writers of JSON can disagree on it.</summary>
/// <remarks>Not in it: endpoint (another hub has the same bytes), frozen, sizes in sum, the signatures
/// themselves.</remarks>
public static class EntryText
{
    private const string Header = "nix-ai-models lock entry 1";

    /// <summary>The text of an entry under its name, in UTF-8 (it is ASCII).</summary>
    /// <param name="name">The name that the entry has in the lock file: no signed entry can stand in for
    /// another.</param>
    /// <param name="entry">The entry.</param>
    public static byte[] Of(string name, LockEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string[] lines =
        [
            Header,
            $"name {Hex(name)}",
            $"repo {entry.Repository}",
            $"type {entry.Repository.TypeWord}",
            $"rev {entry.Commit}",
            $"ref {(entry.Ref is null ? "-" : Hex(entry.Ref))}",
            .. Sorted(
                entry.Selection.Lists.SelectMany(list => list.Patterns.Select(pattern => $"{list.Word} {Hex(pattern)}"))
            ),
            .. Sorted(entry.Lfs.Select(file => $"lfs {Hex(file.Path)} {file.Sha256} {file.Size?.ToString() ?? "-"}")),
            $"regular {entry.RegularHash?.Sri ?? "-"}",
            .. Sorted(entry.Regular.Select(file => $"file {Hex(file.Path)} {file.Oid} {file.Size}")),
        ];
        return Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> lines) =>
        lines.Distinct().Order(StringComparer.Ordinal);

    // A name or a pattern may hold any character, a newline too.
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
