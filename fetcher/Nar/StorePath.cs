using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Nar;

/// <summary>The path that Nix gives to a fixed output: a function of name and hash alone, whoever made it
/// (Nix manual, "Complete Store Path Calculation"; the same as <c>nix-store --print-fixed-path</c>).</summary>
public static class StorePath
{
    /// <summary>Where Nix keeps its store unless it was built otherwise.</summary>
    public const string DefaultStoreDirectory = "/nix/store";

    // Nix' src/libstore/path.cc, MaxPathLen.
    private const int LongestName = 211;

    // The digest and the dash before a name.
    private const int DigestLength = 33;

    /// <summary>The name in a store path: what follows its digest; empty where it has none.</summary>
    /// <param name="path">A store path, or its place on the disk.</param>
    public static string NameOf(string path) =>
        Path.GetFileName(path) is { Length: > DigestLength } name ? name[DigestLength..] : "";

    /// <summary>Computes a fixed output's path.</summary>
    /// <param name="name">The derivation's name.</param>
    /// <param name="hash">With <paramref name="recursive"/> the hash of the NAR, else of the file's bytes.</param>
    /// <param name="recursive">True for <c>outputHashMode = "recursive"</c>, false for <c>"flat"</c>.</param>
    /// <param name="storeDirectory">The logical store directory; it is part of what is hashed.</param>
    /// <returns>For example <c>/nix/store/0c2l…-hf+gpt2+607a30d7…</c>.</returns>
    /// <exception cref="Failure">Nix would not take the name (usage).</exception>
    public static string OfFixedOutput(
        string name,
        NixHash hash,
        bool recursive,
        string storeDirectory = DefaultStoreDirectory
    )
    {
        CheckName(name);
        return recursive
            ? Make("source", hash.Hex, storeDirectory, name)
            : Make("output:out", Sha256Hex($"fixed:out:sha256:{hash.Hex}:"), storeDirectory, name);
    }

    /// <summary>Refuses a name that is not <see cref="IsValidName">valid</see>.</summary>
    /// <param name="name">A name that a user gave.</param>
    /// <exception cref="Failure">Exit code 2.</exception>
    public static void CheckName(string name)
    {
        if (!IsValidName(name))
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid name '{Printable.Escape(name)}': a store path cannot have it",
                $"use 1 to {LongestName} letters, digits and + - . _ ? =, the first of them no dot or dash, "
                    + "and not .drv at the end"
            );
        }
    }

    /// <summary>Whether every version of Nix takes this as the name of an output (old ones refuse a leading dot), and
    /// no command takes it for an option.</summary>
    /// <param name="name">A derivation's name.</param>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] is not ('.' or '-')
        && !name.EndsWith(".drv", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "+-._?=".Contains(c, StringComparison.Ordinal));

    private static string Make(string type, string hex, string storeDirectory, string name)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{type}:sha256:{hex}:{storeDirectory}:{name}"));
        Span<byte> folded = stackalloc byte[20];
        folded.Clear();
        for (var i = 0; i < digest.Length; i++)
            folded[i % folded.Length] ^= digest[i];
        return $"{storeDirectory}/{NixBase32.Encode(folded)}-{name}";
    }

    private static string Sha256Hex(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
