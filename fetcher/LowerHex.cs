namespace NixAiModels;

/// <summary>The one spelling of digests and ids: lower-case hexadecimal digits.</summary>
internal static class LowerHex
{
    /// <summary>Whether a text is exactly so many lower-case hexadecimal digits.</summary>
    internal static bool Has([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text, int digits) =>
        text?.Length == digits && text.All(char.IsAsciiHexDigitLower);
}
