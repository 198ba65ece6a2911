namespace NixAiModels.Validation.Formats;

/// <summary>Variables of a template whose text is put together, and filters that read attributes by a variable's
/// text.</summary>
internal static class ComputedNames
{
    private const int LongestCall = 1000;

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
        var assignments = blocks.Select(Assignment.Of).OfType<Assignment>().ToList();
        var users = assignments
            .SelectMany(assignment => assignment.Sources.Select(source => (source, assignment)))
            .ToLookup(pair => pair.source, pair => pair.assignment, StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<Assignment>(assignments.Where(assignment => assignment.IsComputed));
        while (next.TryDequeue(out var assignment))
        {
            foreach (var user in assignment.Targets.Where(names.Add).SelectMany(name => users[name]))
                next.Enqueue(user);
        }

        return names;
    }

    /// <summary>Whether the code reads an item by such a variable, or attributes by anything but a plain
    /// string.</summary>
    public static bool AreRead(List<JinjaToken> code, HashSet<string> computed)
    {
        for (var i = 0; i + 1 < code.Count; i++)
        {
            if (i > 0 && code[i].Text == "[" && IsComputedItem(code, i + 1, computed))
                return true;
            if (code[i].Text == "|" && ReadsByComputedName(code, i + 1))
                return true;
        }

        return false;
    }

    // name] or namespace.name]
    private static bool IsComputedItem(List<JinjaToken> code, int name, HashSet<string> computed)
    {
        if (code[name].Kind != JinjaTokenKind.Word || !computed.Contains(code[name].Text))
            return false;
        var end = name + 1 < code.Count && code[name + 1].Text == "." ? name + 3 : name + 1;
        return end >= code.Count || code[end].Text == "]";
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
            // No honest call is as long.
            if (i > filter + LongestCall)
                return true;
            depth +=
                code[i].Text == "(" ? 1
                : code[i].Text == ")" ? -1
                : 0;
            if (depth == 1 && code[i].Text == "attribute" && code[i + 1].Text == "=")
                return code[i + 2].Kind != JinjaTokenKind.String || IsOperator(code, i + 3);
        }

        return false;
    }

    private static bool IsOperator(List<JinjaToken> code, int at) =>
        at < code.Count && code[at].Text is "*" or "%" or "+" or "~";

    private static bool IsTextFilter(string name) =>
        name is "join" or "replace" or "format" or "reverse" or "urldecode" or "lower" or "string";

    /// <summary>A block that sets variables.</summary>
    /// <param name="Targets">The variables.</param>
    /// <param name="Sources">The variables that it reads.</param>
    /// <param name="IsComputed">Whether it puts text together.</param>
    private sealed record Assignment(string[] Targets, string[] Sources, bool IsComputed)
    {
        public static Assignment? Of(List<JinjaToken> block)
        {
            var start = block.FindIndex(token => token.Text is "set" or "for" or "with");
            if (start is < 0 or > 1)
                return null;
            var split = block.FindIndex(start, token => token.Text is "=" or "in");
            if (split < 0)
                return null;
            var isComputed = false;
            for (var i = split + 1; i < block.Count; i++)
            {
                isComputed |= block[i].Kind == JinjaTokenKind.String && IsOperator(block, i + 1);
                isComputed |= block[i].Text == "|" && i + 1 < block.Count && IsTextFilter(block[i + 1].Text);
            }

            return new Assignment(Words(block[(start + 1)..split]), Words(block[(split + 1)..]), isComputed);
        }

        private static string[] Words(List<JinjaToken> tokens) =>
            [.. tokens.Where(token => token.Kind == JinjaTokenKind.Word).Select(token => token.Text).Distinct()];
    }
}
