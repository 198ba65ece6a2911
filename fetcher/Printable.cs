using System.Globalization;
using System.Text;

namespace NixAiModels;

/// <summary>Names that somebody else chose, made fit for a terminal and a build log.</summary>
public static class Printable
{
    /// <summary>Returns <paramref name="text"/> with every character that could move the cursor, start a new line,
    /// reorder the text (Unicode bidirectional controls) or not be seen at all written as <c>\u{…}</c>, and at most
    /// <paramref name="longest"/>
    /// characters of it, so that a hostile name can neither hide nor imitate a message.</summary>
    /// <param name="text">Any text; half surrogate pairs are escaped too.</param>
    /// <param name="longest">Where the text is cut (in UTF-16 units, before escaping); an ellipsis says so.</param>
    public static string Escape(string text, int longest = 200)
    {
        if (text.Length <= longest && text.All(c => c is >= ' ' and < '\u007f' and not '\\'))
            return text;

        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (i >= longest)
                return escaped.Append('…').ToString();

            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
                continue;
            }

            if (IsPlain(rune))
                escaped.Append(rune.ToString());
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            i += rune.Utf16SequenceLength - 1;
        }

        return escaped.ToString();
    }

    private static bool IsPlain(Rune rune) =>
        rune.Value != '\\'
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
