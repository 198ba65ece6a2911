using System.Globalization;
using System.Text;

namespace NixAiModels.Validation.Formats;

/// <summary>What a token of a Jinja expression is.</summary>
internal enum JinjaTokenKind
{
    /// <summary>A name or keyword.</summary>
    Word,

    /// <summary>A string, its escapes resolved.</summary>
    String,

    /// <summary>A number or one character of punctuation.</summary>
    Other,
}

/// <summary>One token of a Jinja expression.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text);

/// <summary>Extracts the code of a Jinja template as tokens (Jinja2 <c>lexer.py</c>).</summary>
internal static class JinjaTokens
{
    /// <summary>The tokens of each <c>{{ … }}</c> and <c>{% … %}</c>; comments are left out.</summary>
    public static IEnumerable<List<JinjaToken>> Blocks(string template)
    {
        var position = 0;
        while (position < template.Length - 1)
        {
            position = template.IndexOf('{', position);
            if (position < 0 || position >= template.Length - 1)
                yield break;
            var kind = template[position + 1];
            if (kind == '#')
            {
                var end = template.IndexOf("#}", position + 2, StringComparison.Ordinal);
                position = end < 0 ? template.Length : end + 2;
            }
            else if (kind is '{' or '%')
            {
                var tokens = new List<JinjaToken>();
                position = ReadBlock(template, position + 2, kind == '{' ? '}' : '%', tokens);
                yield return tokens;
            }
            else
            {
                position++;
            }
        }
    }

    // Ends after "}}" or "%}", or at the end of the template: unclosed blocks are inspected too.
    private static int ReadBlock(string template, int position, char close, List<JinjaToken> tokens)
    {
        var braces = 0;
        while (position < template.Length)
        {
            var character = template[position];
            if (character == close && braces == 0 && position + 1 < template.Length && template[position + 1] == '}')
                return position + 2;
            if (character is '\'' or '"')
            {
                position = ReadString(template, position, tokens);
            }
            else if (char.IsLetter(character) || character == '_')
            {
                var start = position;
                while (
                    position < template.Length
                    && (char.IsLetterOrDigit(template[position]) || template[position] == '_')
                )
                {
                    position++;
                }
                // Python and Jinja normalise identifiers: a full-width letter is the letter.
                tokens.Add(new JinjaToken(JinjaTokenKind.Word, Normalised(template[start..position])));
            }
            else
            {
                braces +=
                    character == '{' ? 1
                    : character == '}' && braces > 0 ? -1
                    : 0;
                if (!char.IsWhiteSpace(character))
                    tokens.Add(new JinjaToken(JinjaTokenKind.Other, character.ToString()));
                position++;
            }
        }

        return position;
    }

    private static string Normalised(string word)
    {
        try
        {
            return word.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return word;
        }
    }

    private static int ReadString(string template, int position, List<JinjaToken> tokens)
    {
        var quote = template[position++];
        var text = new StringBuilder();
        while (position < template.Length && template[position] != quote)
        {
            if (template[position] == '\\' && position + 1 < template.Length)
                position = ReadEscape(template, position + 1, text);
            else
                text.Append(template[position++]);
        }

        tokens.Add(new JinjaToken(JinjaTokenKind.String, text.ToString()));
        return position + 1;
    }

    private static int ReadEscape(string template, int position, StringBuilder text)
    {
        var digits = template[position] switch
        {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if (
            digits > 0
            && position + digits < template.Length
            && int.TryParse(
                template.AsSpan(position + 1, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var code
            )
            && code is >= 0 and <= 0xFFFF
        )
        {
            text.Append((char)code);
            return position + 1 + digits;
        }

        var octal = 0;
        var end = position;
        while (end < template.Length && end < position + 3 && template[end] is >= '0' and <= '7')
            octal = (octal * 8) + (template[end++] - '0');
        text.Append(end > position ? (char)octal : template[position]);
        return Math.Max(end, position + 1);
    }
}
