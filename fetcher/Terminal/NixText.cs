using System.Text;
using System.Text.Json;

namespace NixAiModels.Terminal;

/// <summary>Values as Nix source.</summary>
public static class NixText
{
    private static readonly string[] Keywords =
    [
        "assert",
        "else",
        "if",
        "in",
        "inherit",
        "let",
        "or",
        "rec",
        "then",
        "with",
    ];

    /// <summary>A string literal.</summary>
    /// <param name="value">The string.</param>
    public static string StringLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        // Nix has no escapes for what a terminal would not show.
        if (!value.EnumerateRunes().All(IsWritten))
            return $"(builtins.fromJSON {StringLiteral($"\"{JsonEncodedText.Encode(value)}\"")})";
        var text = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            text.Append(
                value[i] switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '$' when i + 1 < value.Length && value[i + 1] == '{' => "\\$",
                    var character => character.ToString(),
                }
            );
        }

        return text.Append('"').ToString();
    }

    private static bool IsWritten(Rune rune) => rune.Value is '\\' or '\n' or '\r' or '\t' || Printable.IsPlain(rune);

    /// <summary>A path literal; a relative path stays relative.</summary>
    /// <param name="path">The path.</param>
    public static string PathLiteral(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var whole =
            path.StartsWith('/')
            || path.StartsWith("./", StringComparison.Ordinal)
            || path.StartsWith("../", StringComparison.Ordinal)
                ? path
                : "./" + path;
        return whole.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+".Contains(c, StringComparison.Ordinal)) ? whole
            : whole.StartsWith('/') ? $"/. + {StringLiteral(whole)}"
            : $"./. + {StringLiteral("/" + whole)}";
    }

    /// <summary>A list of strings, on one line.</summary>
    /// <param name="values">The strings.</param>
    public static string ListLiteral(IEnumerable<string> values) =>
        $"[ {string.Concat(values.Select(value => StringLiteral(value) + " "))}]";

    /// <summary>The name of an attribute, in quotes unless it is an identifier.</summary>
    /// <param name="name">The name.</param>
    public static string AttributeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var isIdentifier =
            name is [var first, ..]
            && (char.IsAsciiLetter(first) || first == '_')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            && !Keywords.Contains(name);
        return isIdentifier ? name : StringLiteral(name);
    }

    /// <summary>A function applied to an attribute set, one attribute per line.</summary>
    /// <param name="function">The function's name; empty for the attribute set alone.</param>
    /// <param name="attributes">Names and values; the values are Nix source.</param>
    public static string Call(string function, IEnumerable<(string Name, string Value)> attributes) =>
        string.Concat([
            function.Length > 0 ? $"{function} {{\n" : "{\n",
            .. attributes.Select(attribute => $"  {attribute.Name} = {attribute.Value};\n"),
            "}",
        ]);
}
