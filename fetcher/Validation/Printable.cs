using System.Globalization;
using System.Text;

namespace NixAiModels.Validation;

/// <summary>Text out of a hostile file, fit for a terminal and a report: no control characters, no lone surrogates, not
/// endless.</summary>
internal static class Printable
{
    private const int Longest = 200;

    /// <summary>The text with everything invisible written as <c>\u0000</c>, cut after 200 characters.</summary>
    public static string Of(string text) => Clean(text, Longest);

    /// <summary>The whole text with everything invisible written as <c>\u0000</c>: for paths, which must stay told
    /// apart.</summary>
    public static string Whole(string text) => Clean(text, int.MaxValue);

    /// <summary>Bytes read as UTF-8, bad ones replaced, as <see cref="Of(string)"/>.</summary>
    public static string Of(ReadOnlySpan<byte> text) =>
        Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * Longest)]));

    private static string Clean(string text, int longest)
    {
        if (text.Length <= longest && !text.Any(IsInvisible))
            return text;
        var clean = new StringBuilder();
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (IsInvisible(character))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                clean.Append(character);
        }

        return text.Length > longest ? clean.Append('…').ToString() : clean.ToString();
    }

    // Surrogates are escaped even in pairs: a cut could leave half of one, and a name needs no emoji to be recognised.
    private static bool IsInvisible(char character) =>
        char.IsControl(character)
        || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character)
            is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
