using NSec.Cryptography;

namespace NixAiModels.Signing;

/// <summary>The public half of an Ed25519 key, as <c>nix key convert-secret-to-public</c> writes it.</summary>
/// <param name="Name">The key's name, by which a signature refers to it.</param>
/// <param name="Bytes">The 32 bytes of the key.</param>
public sealed record PublicKey(string Name, ReadOnlyMemory<byte> Bytes)
{
    private const int Length = 32;

    /// <summary>Reads <c>name:base64</c>.</summary>
    /// <exception cref="Failure">The text has another form (exit code 2).</exception>
    public static PublicKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, bytes) = KeyText.Parse(text, Length, "public key", "nix key convert-secret-to-public < me-1.secret");
        return new PublicKey(name, bytes);
    }

    /// <summary>Whether the key made a signature of these bytes.</summary>
    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) =>
        NSec.Cryptography.PublicKey.TryImport(
            SignatureAlgorithm.Ed25519,
            Bytes.Span,
            KeyBlobFormat.RawPublicKey,
            out var key
        ) && SignatureAlgorithm.Ed25519.Verify(key!, signed, signature);

    /// <summary>The key as <c>name:base64</c>.</summary>
    public override string ToString() => KeyText.Of(Name, Bytes.Span);
}
