using System.Globalization;
using System.Text;

namespace NixAiModels;

/// <summary>Makes text from outside (names, values in files) fit for a terminal, a build log and a report.</summary>
public static class Printable
{
    private const int DefaultLimit = 200;

    /// <summary>Writes as <c>\u{…}</c> every character that could move the cursor, start a new line, reorder the text
    /// (Unicode bidirectional controls) or stay invisible, so that a hostile name can neither hide nor imitate a
    /// message.</summary>
    /// <param name="text">Any text; half surrogate pairs and backslashes are escaped too.</param>
    /// <param name="limit">UTF-16 units, before escaping, after which an ellipsis replaces the rest.</param>
    public static string Escape(string text, int limit = DefaultLimit)
    {
        if (text.Length <= limit && text.All(c => c is >= ' ' and < '\u007f' and not '\\'))
            return text;

        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (i >= limit)
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

    /// <summary>Escapes UTF-8; invalid bytes become U+FFFD.</summary>
    /// <param name="utf8">Any bytes; the default limit applies.</param>
    public static string Escape(ReadOnlySpan<byte> utf8) =>
        Escape(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * DefaultLimit)]));

    /// <summary>As <see cref="Escape(string, int)"/> for whole lines, of which parts may be escaped already: line
    /// breaks and backslashes stay, and a line after the first is indented, so that none imitates a
    /// message.</summary>
    /// <param name="text">Any text.</param>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var isIndented = i == 0 || lines[i].Length == 0 || lines[i][0] == ' ';
            lines[i] = (isIndented ? "" : "  ") + Visible(lines[i]);
        }

        return string.Join('\n', lines);
    }

    /// <summary>As <see cref="Escape(string, int)"/>, except that line breaks, tabs and backslashes stay.</summary>
    /// <param name="text">Any text.</param>
    public static string Visible(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.All(c => c is (>= ' ' and < '\u007f') or '\n' or '\t'))
            return text;
        var visible = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\\' or '\n' or '\t' || IsPlain(rune))
                visible.Append(rune.ToString());
            else
                visible.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return visible.ToString();
    }

    /// <summary>JSON in which what would not be shown as itself is escaped (<c>\uXXXX</c>): the same values.</summary>
    /// <param name="json">Any JSON.</param>
    public static string Json(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.All(char.IsAscii))
            return json;
        var escaped = new StringBuilder();
        foreach (var rune in json.EnumerateRunes())
        {
            if (rune.IsAscii || IsPlain(rune))
                escaped.Append(rune.ToString());
            else
                escaped.AppendJoin("", rune.ToString().Select(unit => $"\\u{(int)unit:x4}"));
        }

        return escaped.ToString();
    }

    /// <summary>Whether a character is shown as itself.</summary>
    internal static bool IsPlain(Rune rune) =>
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
