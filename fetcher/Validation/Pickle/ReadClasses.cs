using static NixAiModels.Validation.Pickle.PermittedUses;

namespace NixAiModels.Validation.Pickle;

/// <summary>The classes of the libraries that were read: what Python runs while it loads an instance is nothing, or was
/// judged. <c>tests/pickle-classes.py</c> makes the list, <c>classes.txt</c>, and says what the letters mean.</summary>
internal static class ReadClasses
{
    private static readonly string[] Libraries =
    [
        "networkx",
        "pandas",
        "scipy",
        "skimage",
        "sklearn",
        "statsmodels",
        "torch",
        "xgboost",
    ];

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

    private sealed record Table(
        HashSet<string> Called,
        HashSet<string> Closed,
        Dictionary<(string Module, string Name), string> Exact,
        Dictionary<(string Library, string Name), string?> ByName
    );

    /// <summary>Whether the module's library is one of those that were read: a class that is not listed is then
    /// refused.</summary>
    public static bool Cover(string module) => Libraries.Contains(Library(module));

    /// <summary>Whether the code that was read calls a method of that name while it loads a state.</summary>
    public static bool Calls(string name) => Listed.Value.Called.Contains(name);

    /// <summary>The rule of a listed class, or <see langword="null"/>. Where a version has moved a class to another
    /// module, its name finds it, if no other class of the library has that name and other letters.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        if (!Cover(module))
            return null;
        // sklearn 1.3 made each compiled class twice, for double and for single precision.
        if (name.EndsWith("64", StringComparison.Ordinal) || name.EndsWith("32", StringComparison.Ordinal))
        {
            if (Listed.Value.Exact.GetValueOrDefault((module, name[..^2])) == "-")
                name = name[..^2];
        }

        if (!Listed.Value.Exact.TryGetValue((module, name), out var letters))
        {
            var isElsewhere =
                !module
                    .Split('.')
                    .Any(part =>
                        Unlisted.Contains(part.TrimStart('_')) || part.StartsWith("test_", StringComparison.Ordinal)
                    )
                && !IsClosed(module)
                && Listed.Value.ByName.TryGetValue((Library(module), name), out letters);
            if (!isElsewhere || letters is null)
                return null;
        }

        if (letters == "-")
            return new GlobalRule(Severity.Report, Nothing);
        if (letters!.Contains('e', StringComparison.Ordinal))
            return new GlobalRule(Severity.Report, Call | New, CallShape.OneConstant);
        var uses = New | Build;
        if (letters.Contains('d', StringComparison.Ordinal))
            uses |= SetItems;
        if (letters.Contains('l', StringComparison.Ordinal))
            uses |= Append;
        return new GlobalRule(Severity.Report, uses);
    }

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

    private static Table Read()
    {
        using var stream = typeof(ReadClasses).Assembly.GetManifestResourceStream("classes.txt")!;
        using var reader = new StreamReader(stream);
        var table = new Table([], [], [], []);
        var module = string.Empty;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            if (line.StartsWith('~'))
            {
                table.Called.UnionWith(line[1..].Split(' '));
                continue;
            }

            if (line.StartsWith('!'))
            {
                table.Closed.Add(line[1..]);
                continue;
            }

            if (line.StartsWith('='))
            {
                module = line[1..];
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (name, letters) = space < 0 ? (line, string.Empty) : (line[..space], line[(space + 1)..]);
            table.Exact[(module, name)] = letters;
            var key = (Library(module), name);
            table.ByName[key] = table.ByName.TryGetValue(key, out var other) && other != letters ? null : letters;
        }

        return table;
    }
}
