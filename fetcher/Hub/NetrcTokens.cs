using System.Text;

namespace NixAiModels.Hub;

/// <summary>The words of a netrc file: separated by white space, quoted or not, <c>#</c> starts a comment where a word could start.</summary>
internal sealed class NetrcTokens(string text)
{
    private int position;

    /// <summary>The next word, or <see langword="null"/> at the end.</summary>
    public string? Next()
    {
        while (position < text.Length && (char.IsWhiteSpace(text[position]) || text[position] == '#'))
        {
            if (text[position] == '#') SkipLine();
            else position++;
        }

        if (position == text.Length) return null;
        return text[position] == '"' ? Quoted() : Plain();
    }

    /// <summary>Passes over a macro: its name and all lines up to an empty one.</summary>
    public void SkipMacro()
    {
        SkipLine();
        while (position < text.Length)
        {
            var start = position;
            SkipLine();
            if (string.IsNullOrWhiteSpace(text[start..position])) return;
        }
    }

    private string Plain()
    {
        var start = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position])) position++;
        return text[start..position];
    }

    private string Quoted()
    {
        var word = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length) word.Append(Unescape(text[++position]));
            else word.Append(text[position]);
        }

        if (position < text.Length) position++;
        return word.ToString();
    }

    private static char Unescape(char c) => c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => c };

    private void SkipLine()
    {
        var end = text.IndexOf('\n', position);
        position = end < 0 ? text.Length : end + 1;
    }
}
