using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Pickle;

/// <summary>The names that a user allows pickles to use, beside those that are known: <c>module.Class</c>, or
/// <c>module.*</c> for the classes of a module and of those below it.</summary>
internal sealed partial class AllowedNames
{
    private const string Example = "allow = [ \"torch_geometric.data.*\" \"flair.data.Dictionary\" ]";

    // Its own arguments are data, as are its state and items: nothing in them can be called.
    private const PermittedUses Instances =
        PermittedUses.New | PermittedUses.Build | PermittedUses.SetItems | PermittedUses.Append;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _modules = [];

    private AllowedNames() { }

    /// <summary>No name beyond the known ones.</summary>
    public static AllowedNames None { get; } = new();

    /// <summary>The rule of a name in full.</summary>
    public static GlobalRule Rule { get; } =
        new(Severity.Note, Instances | PermittedUses.Call, CallShape.DataAndTypes) { TakesData = true };

    /// <summary>The rule of a name that nobody allowed: all that remains to be found is what would be found if it
    /// were.</summary>
    public static GlobalRule Unlisted { get; } = Rule with { Severity = Severity.Suspicious };

    private static GlobalRule ClassRule { get; } = Rule with { PermittedUses = Instances };

    /// <summary>Reads the option <c>allow</c>.</summary>
    /// <exception cref="Failure">An entry is neither of the two forms, or is dangerous (exit 2).</exception>
    public static AllowedNames Parse(IReadOnlyList<string> entries)
    {
        var allowed = new AllowedNames();
        foreach (var entry in entries)
        {
            if (!Form().IsMatch(entry))
                throw Invalid(entry, "must be module.Class or module.*", Example);
            if (Danger(entry) is { } danger)
                throw Invalid(entry, danger, "remove it; what it does cannot be allowed, only the validator disabled");
            if (entry.EndsWith(".*", StringComparison.Ordinal))
                allowed._modules.Add(entry[..^2]);
            else
                allowed._names.Add(entry);
        }

        return allowed;
    }

    /// <summary>The rule of an allowed name, or <see langword="null"/>.</summary>
    public GlobalRule? Find(string module, string name)
    {
        if (!CanBeAllowed(module, name))
            return null;
        if (_names.Contains($"{module}.{name}"))
            return Rule;
        var isClass = char.IsAsciiLetterUpper(name.TrimStart('_') is { Length: > 0 } bare ? bare[0] : '_');
        return isClass && _modules.Exists(root => (module + ".").StartsWith(root + ".", StringComparison.Ordinal))
            ? ClassRule
            : null;
    }

    /// <summary>Whether a name has the form that an entry can have, and is not dangerous.</summary>
    public static bool CanBeAllowed(string module, string name)
    {
        var entry = $"{module}.{name}";
        return Form().IsMatch(entry)
            && !entry.EndsWith('*')
            && !module.EndsWith(".__main__", StringComparison.Ordinal)
            && Danger(entry) is null;
    }

    private static string? Danger(string entry)
    {
        var isModule = entry.EndsWith(".*", StringComparison.Ordinal);
        var name = isModule ? entry[..^2] : entry;
        if (DangerousGlobals.EffectOfModule(name) is { } effect)
            return effect;
        if (isModule)
        {
            return name == "__main__" ? "has everything that the loading program has"
                : DangerousGlobals.FindBelow(name) is { } below ? $"has {below}, which {Effect(below)}"
                : null;
        }

        return DangerousGlobals.EffectOfName(name[(name.LastIndexOf('.') + 1)..]);
    }

    private static string Effect(string module) => DangerousGlobals.EffectOfModule(module)!;

    private static Failure Invalid(string entry, string what, string next) =>
        new(ExitCode.Usage, $"validators.pickleScan.allow: invalid name '{Printable.Escape(entry)}': {what}", next);

    // Neither attributes of Python's own (two underscores) nor a bare name.
    [GeneratedRegex(
        @"\A(?:__main__|(?!__)[A-Za-z_]\w*)(?:\.(?!__)[A-Za-z_]\w*)*\.(?:\*|(?!__)[A-Za-z_]\w*)\z",
        RegexOptions.ECMAScript
    )]
    private static partial Regex Form();
}
