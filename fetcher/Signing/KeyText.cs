namespace NixAiModels.Signing;

/// <summary>The text form that Nix gives keys and signatures, <c>name:base64</c>
/// (<c>libutil/signature/local-keys.cc</c>).</summary>
internal static class KeyText
{
    /// <summary>The text of a key or signature.</summary>
    public static string Of(string name, ReadOnlySpan<byte> bytes) => $"{name}:{Convert.ToBase64String(bytes)}";

    /// <summary>The name and the bytes of a key or signature; <see langword="null"/> where the text has another form
    /// or length.</summary>
    /// <param name="text">The text; white space around it does not count.</param>
    /// <param name="length">How many bytes it must have.</param>
    public static (string Name, byte[] Bytes)? TryParse(string text, int length)
    {
        text = text.Trim();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // Room for more than there should be, so that a longer text is seen to be longer.
        var bytes = new byte[length + 3];
        return
            colon > 0 && Convert.TryFromBase64String(text[(colon + 1)..], bytes, out var written) && written == length
            ? (text[..colon], bytes[..length])
            : null;
    }

    /// <summary>The name and the bytes of a key.</summary>
    /// <param name="text">The text; white space around it does not count.</param>
    /// <param name="length">How many bytes it must have.</param>
    /// <param name="what">What it is, for the error; never the text itself, which may be secret.</param>
    /// <param name="command">A command that prints one.</param>
    /// <exception cref="Failure">The text has another form or length (exit code 2).</exception>
    public static (string Name, byte[] Bytes) Parse(string text, int length, string what, string command) =>
        TryParse(text, length)
        ?? throw new Failure(ExitCode.Usage, $"invalid {what}: expected name:base64 of {length} bytes", command);
}
