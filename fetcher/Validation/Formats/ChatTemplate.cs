using System.Text;

namespace NixAiModels.Validation.Formats;

/// <summary>Looks in a chat template (Jinja2) for what rendering a conversation never needs.</summary>
/// <remarks>Programs render templates in a sandbox, or should (CVE-2024-34359 is one that did not): a template that
/// reaches for Python's insides is harmless in the sandbox and runs code without one. Text outside <c>{{ }}</c> and
/// <c>{% %}</c> is only printed.</remarks>
internal static class ChatTemplate
{
    /// <summary>Jinja's own globals that lead to Python's, and what frameworks add.</summary>
    private static readonly HashSet<string> Globals = new(StringComparer.Ordinal)
    {
        "lipsum",
        "cycler",
        "joiner",
        "self",
        "url_for",
        "get_flashed_messages",
        "request",
        "environ",
        "builtins",
        "importlib",
        "subprocess",
    };

    /// <summary>Attributes without underscores that lead to frames, code objects or classes.</summary>
    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "mro",
        "gi_frame",
        "gi_code",
        "cr_frame",
        "cr_code",
        "ag_frame",
        "ag_code",
        "f_globals",
        "f_builtins",
        "f_locals",
        "f_back",
        "f_code",
        "co_code",
        "co_consts",
        "func_globals",
        "func_code",
        "func_closure",
        "tb_frame",
        "tb_next",
        "im_func",
        "im_class",
        "im_self",
        "popen",
        "check_output",
        "format_map",
    };

    /// <summary>Words after which a bracket begins a list.</summary>
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "in",
        "not",
        "and",
        "or",
        "is",
        "if",
        "else",
        "elif",
        "for",
        "set",
        "do",
        "return",
    };

    /// <summary>What a template does that it need not, each once and sorted; empty for an honest one.</summary>
    public static IReadOnlyList<string> Suspicions(string template)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var blocks = JinjaTokens.Blocks(template).ToList();
        var computed = ComputedNames.Of(blocks);
        foreach (var code in blocks)
        {
            Check(code, found);
            if (ComputedNames.AreRead(code, computed))
                found.Add("reads attributes or items by computed names");
        }

        return [.. found];
    }

    private static void Check(List<JinjaToken> tokens, SortedSet<string> found)
    {
        // "{%-" and "{%+" are about white space.
        var first = tokens.FirstOrDefault(token => token.Text is not ("-" or "+"));
        if (first is { Kind: JinjaTokenKind.Word, Text: "import" or "from" or "include" or "extends" })
            found.Add($"loads another template ({first.Text})");
        var strings = new StringBuilder();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            var before = i > 0 ? tokens[i - 1].Text : string.Empty;
            var next = i + 1 < tokens.Count ? tokens[i + 1].Text : string.Empty;
            if (token.Kind == JinjaTokenKind.Word)
                CheckWord(token.Text, before, next, found);
            else if (token.Kind == JinjaTokenKind.String)
                CheckString(token.Text, before, next, strings, found);
            else if (token.Text == "[" && i > 0 && IsValue(tokens[i - 1]) && IsComputedName(tokens, i + 1))
                found.Add("reads an item by a computed name");
        }

        // 'cl' ~ 'ass' in one expression: what its strings spell when put together
        if (strings.Length > 0 && IsDunder(strings.ToString()))
            found.Add("builds the name of a Python internal from strings");
    }

    private static void CheckWord(string word, string before, string next, SortedSet<string> found)
    {
        if (IsDunder(word))
            found.Add($"uses {Printable.Escape(word)}");
        else if (before == "." && (Attributes.Contains(word) || word.StartsWith('_')))
            found.Add($"reads the attribute {Printable.Escape(word)}");
        else if (before == "|" && word == "attr")
            found.Add("reads attributes by computed names (|attr)");
        else if (before != "." && Globals.Contains(word) && (next is "." or "|" or "["))
            found.Add($"uses Jinja's global {word}");
    }

    private static void CheckString(
        string text,
        string before,
        string next,
        StringBuilder strings,
        SortedSet<string> found
    )
    {
        if (IsDunder(text))
            found.Add($"has the string '{Printable.Escape(text)}'");
        else if (before == "[" && next == "]" && (Attributes.Contains(text) || (text.Length > 1 && text[0] == '_')))
            found.Add($"reads the item {Printable.Escape(text)}");
        strings.Append(text);
    }

    private static bool IsValue(JinjaToken token) =>
        token.Kind switch
        {
            JinjaTokenKind.String => true,
            JinjaTokenKind.Word => !Keywords.Contains(token.Text),
            _ => token.Text is ")" or "]",
        };

    // messages[messages|length - 1] is honest; x['_' * 2 ~ 'class'] and x[['a', 'b']|join] are not.
    private static bool IsComputedName(List<JinjaToken> tokens, int start)
    {
        var depth = 1;
        for (var i = start; i < tokens.Count && depth > 0; i++)
        {
            var text = tokens[i].Text;
            if (tokens[i].Kind == JinjaTokenKind.Other)
            {
                depth +=
                    text is "[" or "(" ? 1
                    : text is "]" or ")" ? -1
                    : 0;
            }

            if (depth > 0 && tokens[i].Kind == JinjaTokenKind.Other && text == "~")
                return true;
            var next = i + 1 < tokens.Count ? tokens[i + 1].Text : string.Empty;
            if (depth > 0 && tokens[i].Kind == JinjaTokenKind.String && (next is "*" or "%" or "+"))
                return true;
            if (depth > 0 && text == "|" && (next is "join" or "replace" or "format" or "reverse" or "urldecode"))
                return true;
        }

        return false;
    }

    /// <summary>Whether text contains a double underscore that begins a name and one that ends it, as
    /// <c>__class__</c>.</summary>
    private static bool IsDunder(string text)
    {
        var start = text.IndexOf("__", StringComparison.Ordinal);
        while (start >= 0 && start + 2 < text.Length)
        {
            var end = start + 2;
            while (end < text.Length && char.IsAsciiLetter(text[end]))
                end++;
            if (end > start + 2 && text.AsSpan(end).StartsWith("__"))
                return true;
            start = text.IndexOf("__", Math.Max(end, start + 1), StringComparison.Ordinal);
        }

        return false;
    }
}
