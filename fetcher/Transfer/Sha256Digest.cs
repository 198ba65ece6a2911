using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>SHA-256 of a file's content: the id of an LFS object.</summary>
public sealed record Sha256Digest : ContentDigest
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;

    private Sha256Digest(string hex)
        : base(hex) { }

    /// <inheritdoc/>
    public override string Name => "sha256";

    /// <summary>Reads a digest.</summary>
    /// <param name="text">64 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static Sha256Digest Parse(string text) =>
        TryParse(text)
        ?? throw new FormatException($"'{Printable.Escape(text)}' is not a sha256 of {Digits} hexadecimal digits");

    /// <summary>Reads a digest; <see langword="null"/> where the text is not one.</summary>
    /// <param name="text">64 lower-case hexadecimal digits, or anything else.</param>
    public static Sha256Digest? TryParse(string? text) => LowerHex.Has(text, Digits) ? new Sha256Digest(text) : null;

    /// <inheritdoc/>
    public override IncrementalHash Begin(long size) => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
}
