namespace NixAiModels.Validation.Formats;

/// <summary>Variables of a template whose text is put together, and filters that read attributes by a variable's
/// text.</summary>
internal static class ComputedNames
{
    // jinja2/filters.py: those that take attribute=, and those whose first argument is one.
    private static readonly HashSet<string> ByKeyword = new(StringComparer.Ordinal)
    {
        "map",
        "sort",
        "groupby",
        "sum",
        "min",
        "max",
        "unique",
        "join",
    };

    private static readonly HashSet<string> ByFirstArgument = new(StringComparer.Ordinal)
    {
        "map",
        "select",
        "reject",
        "selectattr",
        "rejectattr",
        "groupby",
    };

    /// <summary>The variables that are set to text made from strings by operators or filters, directly or through
    /// another such variable.</summary>
    public static HashSet<string> Of(IReadOnlyList<List<JinjaToken>> blocks)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        int before;
        do
        {
            before = names.Count;
            foreach (var block in blocks)
                Collect(block, names);
        } while (names.Count > before);
        return names;
    }

    /// <summary>Whether the code reads an item by such a variable, or attributes by anything but a plain
    /// string.</summary>
    public static bool AreRead(List<JinjaToken> code, HashSet<string> computed)
    {
        for (var i = 0; i + 1 < code.Count; i++)
        {
            if (code[i].Text == "[" && code[i + 1].Kind == JinjaTokenKind.Word && computed.Contains(code[i + 1].Text))
                return i > 0 && (i + 2 >= code.Count || code[i + 2].Text == "]");
            if (code[i].Text == "|" && ReadsByComputedName(code, i + 1))
                return true;
        }

        return false;
    }

    private static bool ReadsByComputedName(List<JinjaToken> code, int filter)
    {
        if (filter + 2 >= code.Count || code[filter + 1].Text != "(")
            return false;
        var first = code[filter + 2];
        var name = code[filter].Text;
        var isNamed = filter + 3 < code.Count && code[filter + 3].Text == "=";
        if (ByFirstArgument.Contains(name) && !isNamed && (first.Kind == JinjaTokenKind.Word || first.Text == "attr"))
            return true;
        if (!ByKeyword.Contains(name))
            return false;
        var depth = 1;
        for (var i = filter + 2; i + 2 < code.Count && depth > 0; i++)
        {
            depth +=
                code[i].Text == "(" ? 1
                : code[i].Text == ")" ? -1
                : 0;
            if (depth == 1 && code[i].Text == "attribute" && code[i + 1].Text == "=")
                return code[i + 2].Kind != JinjaTokenKind.String || IsOperator(code, i + 3);
        }

        return false;
    }

    private static void Collect(List<JinjaToken> block, HashSet<string> names)
    {
        var start = block.FindIndex(token => token.Text is "set" or "for" or "with");
        if (start is < 0 or > 1)
            return;
        var split = block.FindIndex(start, token => token.Text is "=" or "in");
        if (split < 0)
            return;
        var isComputed = false;
        for (var i = split + 1; i < block.Count; i++)
        {
            isComputed |= block[i].Kind == JinjaTokenKind.Word && names.Contains(block[i].Text);
            isComputed |= block[i].Kind == JinjaTokenKind.String && IsOperator(block, i + 1);
            isComputed |= block[i].Text == "|" && i + 1 < block.Count && IsTextFilter(block[i + 1].Text);
        }

        if (!isComputed)
            return;
        foreach (var token in block[(start + 1)..split])
        {
            if (token.Kind == JinjaTokenKind.Word)
                names.Add(token.Text);
        }
    }

    private static bool IsOperator(List<JinjaToken> code, int at) =>
        at < code.Count && code[at].Text is "*" or "%" or "+" or "~";

    private static bool IsTextFilter(string name) =>
        name is "join" or "replace" or "format" or "reverse" or "urldecode" or "lower" or "string";
}
