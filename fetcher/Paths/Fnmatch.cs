namespace NixAiModels.Paths;

/// <summary>A file name pattern with the meaning of Python's <c>fnmatch.fnmatchcase</c> (<c>Lib/fnmatch.py</c>), so
/// that a pattern pasted from <c>hf download</c> selects the same files: <c>*</c> is any text, slashes too; <c>?</c>
/// any character; <c>[…]</c> one of a set, <c>[!…]</c> one outside it; there is no escape. Characters are code points;
/// case counts.</summary>
public sealed class Fnmatch
{
    private readonly Element[] _elements;

    private Fnmatch(Element[] elements) => _elements = elements;

    /// <summary>Reads a pattern. Every text is one: a bracket that is never closed is a bracket.</summary>
    /// <param name="pattern">The pattern.</param>
    public static Fnmatch Parse(string pattern)
    {
        var characters = CodePoints(pattern);
        var elements = new List<Element>();
        for (var i = 0; i < characters.Length; i++)
        {
            if (characters[i] == '[' && EndOfSet(characters, i + 1) is var end and > 0)
            {
                elements.Add(new Element(Kind.Set, 0, FnmatchSet.Parse(characters.AsSpan(i + 1, end - i - 1))));
                i = end;
                continue;
            }

            elements.Add(
                characters[i] switch
                {
                    '*' => new Element(Kind.Star, 0, null),
                    '?' => new Element(Kind.Any, 0, null),
                    var character => new Element(Kind.Character, character, null),
                }
            );
        }

        return new Fnmatch([.. elements]);
    }

    /// <summary>Writes a text so that as a pattern it matches itself alone.</summary>
    /// <param name="text">For example a file's path.</param>
    public static string Literally(string text) =>
        string.Concat(text.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()));

    /// <summary>Whether the whole of a text matches. The time is at most the product of both lengths, whatever they
    /// hold.</summary>
    /// <param name="text">For example a file's path.</param>
    public bool Matches(string text) => Matches(CodePoints(text));

    // All that stands between two stars has a fixed length, so its first match is as good as any later one: only the
    // last star seen ever has to take one character more.
    private bool Matches(ReadOnlySpan<int> text)
    {
        var (at, element) = (0, 0);
        var (starElement, starAt) = (-1, 0);
        while (at < text.Length)
        {
            if (element < _elements.Length && _elements[element].Kind == Kind.Star)
            {
                (starElement, starAt) = (element, at);
                element++;
            }
            else if (element < _elements.Length && _elements[element].Matches(text[at]))
            {
                at++;
                element++;
            }
            else if (starElement >= 0)
            {
                starAt++;
                (at, element) = (starAt, starElement + 1);
            }
            else
            {
                return false;
            }
        }

        return _elements.AsSpan(element).IndexOfAnyExcept(new Element(Kind.Star, 0, null)) < 0;
    }

    /// <summary>Where the bracket closes a set that begins at <paramref name="start"/>, or -1: one that comes first is
    /// a member.</summary>
    private static int EndOfSet(int[] characters, int start)
    {
        var first = start;
        if (first < characters.Length && characters[first] == '!')
            first++;
        return first < characters.Length ? Array.IndexOf(characters, ']', first + 1) : -1;
    }

    // As Python's strings: half a surrogate pair is a character of its own.
    private static int[] CodePoints(string text)
    {
        var characters = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            characters.Add(isPair ? char.ConvertToUtf32(text[i], text[++i]) : text[i]);
        }

        return [.. characters];
    }

    private enum Kind
    {
        Character,
        Any,
        Star,
        Set,
    }

    private sealed record Element(Kind Kind, int Character, FnmatchSet? Set)
    {
        internal bool Matches(int character) =>
            Kind switch
            {
                Kind.Any => true,
                Kind.Set => Set!.Contains(character),
                _ => character == Character,
            };
    }
}
