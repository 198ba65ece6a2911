namespace NixAiModels.Validation.Formats;

/// <summary>Follows JSON from a brace on, as Python reads it (<c>NaN</c> and <c>Infinity</c> are numbers), and tells
/// where objects with a <c>class_name</c> end.</summary>
internal sealed class JsonExtents(FileBytes file)
{
    // Python's reader follows no deeper (its recursion limit).
    private const int MaxDepth = 1000;
    private const int MaxFound = 100_000;

    private readonly List<Frame> _open = [];
    private readonly List<(long Start, long End)> _found = [];

    /// <summary>Where the last attempt stopped.</summary>
    public long End => file.Position;

    /// <summary>Whether the object at which the last attempt began was read to its end.</summary>
    public bool IsWhole => _open.Count == 0;

    /// <summary>Where objects begin that the last attempt left open: from none of them JSON can be read.</summary>
    public IEnumerable<long> Failed => _open.Skip(1).Select(frame => frame.Start);

    /// <summary>The objects that begin at a brace or after it, outermost ones only: more than one where the object
    /// there is longer than <paramref name="longest"/> or never ends.</summary>
    /// <exception cref="BrokenFileException">It is nested deeper than readers follow, or an object with a class is too
    /// long.</exception>
    public IReadOnlyList<(long Start, long End)> Read(long start, long longest)
    {
        _open.Clear();
        _found.Clear();
        file.Position = start + 1;
        Push(start, isObject: true);
        var goesOn = true;
        while (goesOn && _open.Count > 0)
            goesOn = Step(longest);
        return _found;
    }

    private bool Step(long longest)
    {
        var frame = _open[^1];
        var next = SkipSpace();
        if (next == (frame.IsObject ? '}' : ']'))
        {
            Pop(longest);
            return true;
        }

        if (frame.HasItems)
        {
            if (next != ',')
                return false;
            next = SkipSpace();
        }

        frame.HasItems = true;
        if (frame.IsObject)
        {
            if (next != '"' || !String(out var isClass) || SkipSpace() != ':')
                return false;
            frame.HasClass |= isClass;
            next = SkipSpace();
        }

        if (next is not ('{' or '['))
            return next == '"' ? String(out _) : Literal(next);
        Push(file.Position - 1, next == '{');
        return true;
    }

    private void Push(long start, bool isObject)
    {
        if (_open.Count == MaxDepth)
            throw new BrokenFileException(start, $"JSON nested more than {MaxDepth} levels deep");
        _open.Add(new Frame(start, isObject, _found.Count));
    }

    private void Pop(long longest)
    {
        var frame = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        var isLong = file.Position - frame.Start > longest;
        if (isLong && frame.HasClass)
            throw new BrokenFileException(frame.Start, $"configuration of more than {longest} bytes");
        if (!frame.IsObject || isLong || (!frame.HasClass && _found.Count == frame.Found))
            return;
        _found.RemoveRange(frame.Found, _found.Count - frame.Found);
        _found.Add((frame.Start, file.Position));
        if (_found.Count > MaxFound)
            throw new BrokenFileException(frame.Start, $"more than {MaxFound} configurations");
    }

    // A key that is escaped counts as class_name: what it says is read later.
    private bool String(out bool isClass)
    {
        var name = "class_name"u8;
        var length = 0;
        isClass = false;
        var isName = true;
        var isEscaped = false;
        for (var next = Next(); next >= ' '; next = Next())
        {
            if (next == '"')
            {
                isClass = isEscaped || (isName && length == name.Length);
                return true;
            }

            isName &= length < name.Length && name[length] == next;
            length++;
            if (next != '\\')
                continue;
            isEscaped = true;
            if (!Escape())
                return false;
        }

        return false;
    }

    private bool Escape()
    {
        var kind = Next();
        if (kind != 'u')
            return kind is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't';
        for (var digit = 0; digit < 4; digit++)
        {
            if (!char.IsAsciiHexDigit((char)Math.Max(Next(), 0)))
                return false;
        }

        return true;
    }

    private bool Literal(int first)
    {
        if (first == '-')
        {
            first = Next();
            if (first == 'I')
                return Word("nfinity"u8);
        }
        else if (first is 't' or 'f' or 'n' or 'N' or 'I')
        {
            return Word(
                first switch
                {
                    't' => "rue"u8,
                    'f' => "alse"u8,
                    'n' => "ull"u8,
                    'N' => "aN"u8,
                    _ => "nfinity"u8,
                }
            );
        }

        if (!IsDigit(first))
            return false;
        if (first != '0')
            Digits();
        if (Peek() == '.')
        {
            Next();
            if (Digits() == 0)
                return false;
        }

        if (Peek() is not ('e' or 'E'))
            return true;
        Next();
        if (Peek() is '+' or '-')
            Next();
        return Digits() > 0;
    }

    private bool Word(ReadOnlySpan<byte> rest)
    {
        foreach (var expected in rest)
        {
            if (Next() != expected)
                return false;
        }

        return true;
    }

    private int Digits()
    {
        var count = 0;
        for (; IsDigit(Peek()); count++)
            Next();
        return count;
    }

    private int SkipSpace()
    {
        var next = Next();
        while (next is ' ' or '\t' or '\r' or '\n')
            next = Next();
        return next;
    }

    private static bool IsDigit(int next) => next is >= '0' and <= '9';

    private int Next() => file.Remaining > 0 ? file.ReadByte() : -1;

    private int Peek()
    {
        var next = Next();
        if (next >= 0)
            file.Position--;
        return next;
    }

    private sealed class Frame(long start, bool isObject, int found)
    {
        public long Start => start;

        public bool IsObject => isObject;

        /// <summary>How many objects had been found when it began.</summary>
        public int Found => found;

        public bool HasItems { get; set; }

        public bool HasClass { get; set; }
    }
}
