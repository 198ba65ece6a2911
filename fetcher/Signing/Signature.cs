namespace NixAiModels.Signing;

/// <summary>An Ed25519 signature in the text form of Nix: <c>key name:base64</c> of 64 bytes
/// (<c>libutil/signature/local-keys.cc</c>).</summary>
/// <remarks>Any text is one: in a list of signatures, one of another form is kept as it is, and no key verifies
/// it.</remarks>
/// <param name="Text">The text.</param>
public readonly record struct Signature(string Text)
{
    /// <summary>The length of an Ed25519 signature in bytes (RFC 8032, section 5.1.6).</summary>
    private const int Length = 64;

    /// <summary>The signature of a key of that name.</summary>
    /// <param name="keyName">The key's name.</param>
    /// <param name="bytes">The 64 bytes.</param>
    public Signature(string keyName, ReadOnlySpan<byte> bytes)
        : this(KeyText.Of(keyName, bytes)) { }

    /// <summary>The name of the key that made it, or claims to have.</summary>
    public string KeyName => Text.Split(':')[0];

    /// <summary>Whether one of the keys made this signature of these bytes, under its own name.</summary>
    /// <param name="signed">What is signed.</param>
    /// <param name="trusted">The keys.</param>
    public bool IsValid(ReadOnlySpan<byte> signed, IReadOnlyList<PublicKey> trusted)
    {
        if (KeyText.TryParse(Text, Length) is not { } parsed)
            return false;
        foreach (var key in trusted)
        {
            if (key.Name == parsed.Name && key.Verifies(signed, parsed.Bytes))
                return true;
        }

        return false;
    }

    /// <summary>The signature as <c>key name:base64</c>.</summary>
    public override string ToString() => Text;
}
