using static NixAiModels.Validation.Pickle.PermittedUses;

namespace NixAiModels.Validation.Pickle;

/// <summary>The classes of the libraries that were read: what Python runs while it loads an instance is nothing, or was
/// judged. <c>tests/pickle-classes.py</c> makes <c>classes.txt</c> from Debian's libraries and explains the letters;
/// <c>tests/pickle-sources.py</c> makes <c>sources.txt</c> from the sources of others.</summary>
internal static class ReadClasses
{
    // Where an older or newer version may keep a class of the same name.
    private static readonly string[] Unlisted =
    [
        "datasets",
        "externals",
        "io",
        "jit",
        "sandbox",
        "test",
        "testing",
        "tests",
    ];

    private static readonly Lazy<Table> Listed = new(Read);

    private sealed class Table
    {
        public HashSet<string> Called { get; } = [];
        public HashSet<string> Closed { get; } = [];
        public HashSet<string> Introspected { get; } = [];
        public Dictionary<string, string> Aliases { get; } = [];
        public Dictionary<(string Module, string Name), string> Exact { get; } = [];
        public Dictionary<(string Library, string Name), List<string>> ModulesOf { get; } = [];
    }

    /// <summary>Whether the code that was read calls a method of that name while it loads a state.</summary>
    public static bool Calls(string name) => Listed.Value.Called.Contains(name);

    /// <summary>The rule of a listed class, or <see langword="null"/>. Where a version has moved a class to another
    /// module, its name finds it, if no other class of the library has that name and other letters.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        module = Canonical(module);
        // sklearn 1.3 made each compiled class twice, for double and for single precision.
        if (
            (name.EndsWith("64", StringComparison.Ordinal) || name.EndsWith("32", StringComparison.Ordinal))
            && Listed.Value.Exact.GetValueOrDefault((module, name[..^2])) == "-"
        )
        {
            name = name[..^2];
        }

        return (Listed.Value.Exact.GetValueOrDefault((module, name)) ?? FindMoved(module, name)) is { } letters
            ? Rule(letters)
            : null;
    }

    private static GlobalRule Rule(string letters)
    {
        if (letters == "-")
            return new GlobalRule(Severity.Report, Nothing);
        if (letters.Contains('e', StringComparison.Ordinal))
            return new GlobalRule(Severity.Report, Call | New, CallShape.OneConstant);
        var uses = New | Build;
        if (letters.Contains('d', StringComparison.Ordinal))
            uses |= SetItems;
        if (letters.Contains('l', StringComparison.Ordinal))
            uses |= Append;
        if (letters.Contains('s', StringComparison.Ordinal))
            uses |= SetSlots;
        return new GlobalRule(Severity.Report, uses) { HashRuns = letters.Contains('h', StringComparison.Ordinal) };
    }

    private static string? FindMoved(string module, string name)
    {
        if (!Listed.Value.ModulesOf.TryGetValue((Library(module), name), out var modules))
            return null;
        var candidates = Listed.Value.Introspected.Contains(Library(module))
            ? MayHaveMoved(module)
                ? modules
                : []
            : modules.Where(listed => IsMoved(module, listed));
        var letters = candidates.Select(listed => Listed.Value.Exact[(listed, name)]).Distinct().ToList();
        return letters.Count == 1 ? letters[0] : null;
    }

    private static bool MayHaveMoved(string module) =>
        !module
            .Split('.')
            .Any(part => Unlisted.Contains(part.TrimStart('_')) || part.StartsWith("test_", StringComparison.Ordinal))
        && !IsClosed(module);

    // A module keeps its name where its package is renamed, and becomes a package where it is split.
    private static bool IsMoved(string module, string listed) =>
        LastPart(module) == LastPart(listed)
        || listed.StartsWith(module + ".", StringComparison.Ordinal)
        || module.StartsWith(listed + ".", StringComparison.Ordinal);

    private static string LastPart(string module) => module[(module.LastIndexOf('.') + 1)..].TrimStart('_');

    // Modules that act while they are imported, or that have nothing that a model holds.
    private static bool IsClosed(string module)
    {
        for (var root = module; ; root = root[..root.LastIndexOf('.')])
        {
            if (Listed.Value.Closed.Contains(root))
                return true;
            if (!root.Contains('.', StringComparison.Ordinal))
                return false;
        }
    }

    private static string Library(string module) => module.Split('.')[0];

    private static string Canonical(string module) =>
        Listed.Value.Aliases.TryGetValue(Library(module), out var published)
            ? published + module[Library(module).Length..]
            : module;

    private static Table Read()
    {
        var table = new Table();
        Read(table, "classes.txt");
        table.Introspected.UnionWith(table.Exact.Keys.Select(key => Library(key.Module)));
        Read(table, "sources.txt");
        return table;
    }

    private static void Read(Table table, string list)
    {
        using var stream = typeof(ReadClasses).Assembly.GetManifestResourceStream(list)!;
        using var reader = new StreamReader(stream);
        var module = string.Empty;
        while (reader.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            switch (line[0])
            {
                case '#':
                    break;
                case '~':
                    table.Called.UnionWith(line[1..].Split(' '));
                    break;
                case '!':
                    table.Closed.Add(line[1..]);
                    break;
                case '@':
                    table.Aliases.Add(line[1..space], line[(space + 1)..]);
                    break;
                case '=':
                    module = Absolute(line[1..], module);
                    break;
                default:
                    var name = space < 0 ? line : line[..space];
                    table.Exact[(module, name)] = space < 0 ? string.Empty : line[(space + 1)..];
                    var key = (Library(module), name);
                    if (!table.ModulesOf.TryGetValue(key, out var modules))
                        modules = table.ModulesOf[key] = [];
                    modules.Add(module);
                    break;
            }
        }
    }

    // Each leading dot stands for a part of the module before.
    private static string Absolute(string module, string before)
    {
        var rest = module.TrimStart('.');
        return string.Join('.', [.. before.Split('.').Take(module.Length - rest.Length), rest]);
    }
}
