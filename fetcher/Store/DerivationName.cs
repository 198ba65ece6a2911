using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Store;

/// <summary>The names of the fixed-output derivations. They depend on the contents, so that a changed revision or
/// selection with a stale hash is a hash mismatch, never the old files.</summary>
/// <remarks><c>nixlib/derivationName.nix</c> computes the same ones.</remarks>
public static class DerivationName
{
    private const int Longest = 150;
    private const int DigestLength = 32; // fewer digits can be made to collide

    private const string InRevision = "._-";
    private const string InStorePath = "+._?=-";

    /// <summary>The name of a snapshot: <c>hf+gpt2+607a30d783dfa663caf39e06633721c8d4cfcd7e</c>, with a digest where
    /// that alone would not tell it from another.</summary>
    /// <param name="type"><c>model</c>, <c>dataset</c>, <c>space</c> or <c>kernel</c>.</param>
    /// <param name="repository"><c>ORG/NAME</c> or <c>NAME</c>, a valid one.</param>
    /// <param name="revision">A commit of 40 hexadecimal digits, a branch or a tag.</param>
    /// <param name="selection">The patterns of the selection with their words: <c>files</c>, <c>include</c>,
    /// <c>exclude</c>.</param>
    /// <returns>At most 150 bytes of the characters that a store path may have.</returns>
    public static string OfSnapshot(
        string type,
        string repository,
        string revision,
        IEnumerable<(string Word, IReadOnlyList<string> Patterns)> selection
    )
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(revision);
        var lines = selection
            .SelectMany(list => list.Patterns.Select(pattern => $"{list.Word} {Sha256(pattern)}"))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();

        // Two revisions must not share a name: a commit is written whole, and "a/b" is told from "a-b".
        var revisionPart = Dash(revision, InRevision);
        var name = $"{Prefix(type)}+{repository.Replace('/', '+')}+{revisionPart}";
        if (lines.Length == 0 && revisionPart == revision && name.Length <= Longest && !IsDerivation(name))
            return name;

        return WithDigest(name, string.Join('\n', [$"type {type}", $"repo {repository}", $"rev {revision}", .. lines]));
    }

    /// <summary>How the names of a repository's snapshots begin; the revision follows.</summary>
    /// <param name="type"><c>model</c>, <c>dataset</c>, <c>space</c> or <c>kernel</c>.</param>
    /// <param name="repository"><c>ORG/NAME</c> or <c>NAME</c>, a valid one.</param>
    public static string SnapshotPrefix(string type, string repository)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(repository);
        return $"{Prefix(type)}+{repository.Replace('/', '+')}+";
    }

    /// <summary>The name of the regular files of a locked model: it changes with their contents and with nothing else,
    /// so that another commit with the same files has them already.</summary>
    /// <param name="type"><c>model</c>, <c>dataset</c>, <c>space</c> or <c>kernel</c>.</param>
    /// <param name="repository"><c>ORG/NAME</c> or <c>NAME</c>, a valid one.</param>
    /// <param name="files">Path and git blob id of each.</param>
    /// <returns>At most 150 bytes of the characters that a store path may have.</returns>
    public static string OfRegularFiles(string type, string repository, IEnumerable<(string Path, string Oid)> files)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(repository);
        var lines = files.Select(file => $"{file.Oid} {Sha256(file.Path)}").Order(StringComparer.Ordinal);
        var text = string.Join('\n', [$"type {type}", $"repo {repository}", .. lines]);
        return WithDigest($"{Prefix(type)}+{repository.Replace('/', '+')}+regular", text);
    }

    /// <summary>The name of one file's derivation: its base name, in the characters that a store path may
    /// have.</summary>
    /// <param name="path">The file's path in the repository.</param>
    /// <returns>At most 150 bytes; of a longer name the end, which has the extension.</returns>
    public static string OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = Dash(path[(path.LastIndexOf('/') + 1)..], InStorePath);
        if (IsDerivation(name))
            name += "_";
        if (name.Length > Longest)
            name = name[^Longest..];
        // A store path's name may not begin with a dot, and should not begin with a dash.
        return name[0] is not ('.' or '-') ? name
            : name.Length < Longest ? "_" + name
            : "_" + name[1..];
    }

    private static bool IsDerivation(string name) => name.EndsWith(".drv", StringComparison.Ordinal);

    private static string Prefix(string type) => type == "model" ? "hf" : $"hf-{type}";

    private static string WithDigest(string name, string text) =>
        $"{name[..Math.Min(name.Length, Longest - DigestLength - 1)]}={Sha256(text)[..DigestLength]}";

    /// <summary>A dash for every byte that is neither a letter or digit nor one of <paramref name="others"/>.</summary>
    private static string Dash(string text, string others) =>
        string.Concat(
            Encoding
                .UTF8.GetBytes(text)
                .Select(each => char.IsAsciiLetterOrDigit((char)each) || others.Contains((char)each) ? (char)each : '-')
        );

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
