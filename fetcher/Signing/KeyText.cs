namespace NixAiModels.Signing;

/// <summary>Keys in Nix' own text form, <c>name:base64</c> (Nix' <c>libutil/signature/local-keys.cc</c>).</summary>
internal static class KeyText
{
    /// <summary>The name and the bytes of a key or signature.</summary>
    /// <param name="text">The text; white space around it does not count.</param>
    /// <param name="length">How many bytes it must have.</param>
    /// <param name="what">What it is, for the error; never the text itself, which may be secret.</param>
    /// <exception cref="Failure">It is none (exit 2).</exception>
    public static (string Name, byte[] Bytes) Parse(string text, int length, string what)
    {
        text = text.Trim();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var bytes = new byte[length + 3];
        if (colon < 1 || !Convert.TryFromBase64String(text[(colon + 1)..], bytes, out var written) || written != length)
        {
            throw new Failure(
                ExitCode.Usage,
                $"The {what} is not written as name:base64 of {length} bytes",
                "nix key generate-secret --key-name me-1 makes a secret key, nix key convert-secret-to-public its public one."
            );
        }

        return (text[..colon], bytes[..length]);
    }
}
