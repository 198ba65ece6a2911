using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace NixAiModels.Nar;

/// <summary>A sha256 as Nix writes it. Equal if the 32 bytes are equal, however they were written.</summary>
public sealed record NixHash
{
    private const int Size = SHA256.HashSizeInBytes;

    private NixHash(ReadOnlySpan<byte> bytes) => Hex = Convert.ToHexStringLower(bytes);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>52 letters of <see cref="NixBase32"/>.</summary>
    public string Base32 => NixBase32.Encode(ToBytes());

    /// <summary>The SRI form <c>sha256-…=</c> (https://www.w3.org/TR/SRI/), which new Nix code uses.</summary>
    public string Sri => "sha256-" + Convert.ToBase64String(ToBytes());

    /// <summary>The hash with the 32 bytes of a digest.</summary>
    /// <param name="digest">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">The digest has another length.</exception>
    public static NixHash OfDigest(ReadOnlySpan<byte> digest) =>
        digest.Length == Size
            ? new NixHash(digest)
            : throw new ArgumentException($"a sha256 has {Size} bytes, not {digest.Length}", nameof(digest));

    /// <summary>Reads a hash in any form that people paste: <c>sha256-BASE64</c>, or hex, Nix base 32 or base 64, bare
    /// or after <c>sha256:</c>.</summary>
    /// <param name="text">The hash.</param>
    /// <exception cref="Failure">Exit code 2: it is none of these.</exception>
    public static NixHash Parse(string text) =>
        TryParse(text, out var hash)
            ? hash
            : throw new Failure(
                ExitCode.Usage,
                $"invalid sha256 hash '{Printable.Escape(text)}'",
                "use sha256-… (44 characters of base 64), 64 hexadecimal digits, or 52 characters of Nix base 32"
            );

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    /// <param name="text">The hash, or anything else.</param>
    /// <param name="hash">The hash that was read.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NixHash? hash)
    {
        hash = null;
        if (text is null)
            return false;

        Span<byte> bytes = stackalloc byte[Size];
        var isSri = text.StartsWith("sha256-", StringComparison.Ordinal);
        var digits = isSri || text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256-".Length..] : text;
        var read = digits.Length switch
        {
            44 => TryBase64(digits, bytes),
            64 => !isSri && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done,
            52 => !isSri && NixBase32.TryDecode(digits, bytes),
            _ => false,
        };
        if (read)
            hash = new NixHash(bytes);
        return read;
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToBytes() => Convert.FromHexString(Hex);

    /// <summary>The SRI form.</summary>
    public override string ToString() => Sri;

    // .NET skips white space and stray low bits in the last letter, but a hash that we would write differently is a
    // typo.
    private static bool TryBase64(string digits, Span<byte> bytes) =>
        Convert.TryFromBase64String(digits, bytes, out var count)
        && count == Size
        && Convert.ToBase64String(bytes) == digits;
}
