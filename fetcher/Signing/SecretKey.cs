using System.Security.Cryptography;
using NSec.Cryptography;

namespace NixAiModels.Signing;

/// <summary>An Ed25519 key that signs, as <c>nix key generate-secret</c> writes it: <c>name:base64</c> of seed and
/// public key.</summary>
/// <remarks>libsodium is loaded when the first key is made and not before.</remarks>
public sealed class SecretKey : IDisposable
{
    private const int SeedLength = 32;
    private const int Length = 64;

    private readonly Key _key;

    private SecretKey(string name, Key key)
    {
        Name = name;
        _key = key;
        Public = new PublicKey(name, key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <summary>The key's name.</summary>
    public string Name { get; }

    /// <summary>The public half.</summary>
    public PublicKey Public { get; }

    /// <summary>Reads a key.</summary>
    /// <exception cref="Failure">It is no secret key (exit 2).</exception>
    public static SecretKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, bytes) = KeyText.Parse(text, Length, "secret key");
        try
        {
            var secret = new SecretKey(
                name,
                Key.Import(SignatureAlgorithm.Ed25519, bytes.AsSpan(0, SeedLength), KeyBlobFormat.RawPrivateKey)
            );
            if (secret.Public.Bytes.Span.SequenceEqual(bytes.AsSpan(SeedLength)))
                return secret;
            secret.Dispose();
            throw new Failure(
                ExitCode.Usage,
                $"The secret key {name} has a public half that does not belong to it",
                "Make a new one: nix key generate-secret --key-name me-1."
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Signs bytes: 64 bytes of Ed25519.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => SignatureAlgorithm.Ed25519.Sign(_key, bytes);

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();
}
