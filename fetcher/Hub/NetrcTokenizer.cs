using System.Text;

namespace NixAiModels.Hub;

/// <summary>The words of a netrc file: separated by white space, quoted or not, <c>#</c> starts a comment where a word
/// could start.</summary>
internal sealed class NetrcTokenizer(string text)
{
    private int _position;

    /// <summary>The next word, or <see langword="null"/> at the end.</summary>
    public string? Next()
    {
        while (_position < text.Length && (char.IsWhiteSpace(text[_position]) || text[_position] == '#'))
        {
            if (text[_position] == '#')
                SkipLine();
            else
                _position++;
        }

        if (_position == text.Length)
            return null;
        return text[_position] == '"' ? Quoted() : Plain();
    }

    /// <summary>Skips a macro: its name and all lines up to an empty one.</summary>
    public void SkipMacro()
    {
        SkipLine();
        while (_position < text.Length)
        {
            var start = _position;
            SkipLine();
            if (string.IsNullOrWhiteSpace(text[start.._position]))
                return;
        }
    }

    private string Plain()
    {
        var start = _position;
        while (_position < text.Length && !char.IsWhiteSpace(text[_position]))
            _position++;
        return text[start.._position];
    }

    private string Quoted()
    {
        var word = new StringBuilder();
        for (_position++; _position < text.Length && text[_position] != '"'; _position++)
        {
            if (text[_position] == '\\' && _position + 1 < text.Length)
                word.Append(Unescape(text[++_position]));
            else
                word.Append(text[_position]);
        }

        if (_position < text.Length)
            _position++;
        return word.ToString();
    }

    private static char Unescape(char c) =>
        c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => c,
        };

    private void SkipLine()
    {
        var end = text.IndexOf('\n', _position);
        _position = end < 0 ? text.Length : end + 1;
    }
}
