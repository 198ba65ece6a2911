using System.Security.Cryptography;
using NSec.Cryptography;

namespace NixAiModels.Signing;

/// <summary>An Ed25519 key that signs, as <c>nix key generate-secret</c> writes it: <c>name:base64</c> of seed and
/// public key.</summary>
/// <remarks>libsodium is loaded when the first key is made and not before.</remarks>
public sealed class SecretKey : IDisposable
{
    private const string Generate = "nix key generate-secret --key-name me-1 > me-1.secret";
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

    /// <summary>Reads <c>name:base64</c> of 64 bytes: the seed, then the public key.</summary>
    /// <exception cref="Failure">The text has another form, or its halves do not belong together (exit code
    /// 2).</exception>
    public static SecretKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, bytes) = KeyText.Parse(text, Length, "secret key", Generate);
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
                $"invalid secret key {name}: its public half belongs to another key",
                Generate
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Signs bytes.</summary>
    public Signature Sign(ReadOnlySpan<byte> bytes) => new(Name, SignatureAlgorithm.Ed25519.Sign(_key, bytes));

    /// <summary>Erases the key from memory.</summary>
    public void Dispose() => _key.Dispose();
}
