using System.Text.Json;

namespace NixAiModels.Validation.Pickle;

/// <summary>Names that are known to run code, load code, or reach files and the network, with what they do: a reader
/// should see at once why a file was refused. What is missing here is still refused, as unknown.</summary>
/// <remarks>The list is <c>dangerous.json</c>, which nixlib reads too: no name on it can be allowed.</remarks>
internal static class DangerousGlobals
{
    private const string Resource = "dangerous.json";
    private const string Reaches = "reaches any attribute or module by name, so blocked names can be called";

    // Whole modules (whatever is named in them, and in modules below them) and names, with their effect.
    private static readonly (Dictionary<string, string> Modules, Dictionary<string, string> Names) Listed = Read();

    /// <summary>The rule of a dangerous name, or <see langword="null"/>.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        if (LibraryException(module, name))
            return null;
        if (module == "builtins" && name == "getattr")
            return Rule(Reaches) with { PermittedUses = PermittedUses.Call, Shape = CallShape.EnumerationMember };
        foreach (var part in name.Split('.'))
        {
            if (Listed.Names.TryGetValue(part, out var effect))
                return Rule(effect);
        }

        if (name.Contains('.', StringComparison.Ordinal) && name.Split('.').Any(IsModule))
            return Rule(Reaches);
        return EffectOfModule(module) is { } reason ? Rule(reason) : null;
    }

    /// <summary>What a module on the list does, or one that it is in; <see langword="null"/> if it is not
    /// listed.</summary>
    public static string? EffectOfModule(string module)
    {
        for (
            var root = module;
            root.Length > 0;
            root = root.LastIndexOf('.') is > 0 and var dot ? root[..dot] : string.Empty
        )
        {
            if (Listed.Modules.TryGetValue(root, out var effect))
                return effect;
        }

        return null;
    }

    /// <summary>What a function or class of that name does, whatever its module, or <see langword="null"/>.</summary>
    public static string? EffectOfName(string name) => Listed.Names.GetValueOrDefault(name);

    /// <summary>A module of the list that is below another, or <see langword="null"/>.</summary>
    public static string? FindBelow(string module) =>
        Listed
            .Modules.Keys.Order(StringComparer.Ordinal)
            .FirstOrDefault(listed => listed.StartsWith(module + ".", StringComparison.Ordinal));

    /// <summary>Whether a bare name is that of a module with dangerous contents.</summary>
    public static bool IsModule(string name) =>
        Listed.Modules.ContainsKey(name.TrimStart('_')) || Listed.Modules.ContainsKey(name);

    // Harmless classes of modules that are otherwise on the list.
    private static bool LibraryException(string module, string name) =>
        (module, name) switch
        {
            ("types", "SimpleNamespace") => true,
            ("pathlib" or "pathlib._local", not ("os" or "io" or "sys" or "shutil" or "glob")) => char.IsUpper(name[0])
                && !name.Contains('.', StringComparison.Ordinal),
            ("joblib.numpy_pickle" or "joblib.numpy_pickle_compat", "NDArrayWrapper" or "ZNDArrayWrapper") => true,
            _ => false,
        };

    private static GlobalRule Rule(string effect) => new(Severity.Dangerous, PermittedUses.Nothing, Effect: effect);

    private static (Dictionary<string, string> Modules, Dictionary<string, string> Names) Read()
    {
        using var stream = typeof(DangerousGlobals).Assembly.GetManifestResourceStream(Resource)!;
        using var json = JsonDocument.Parse(stream);
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var effect in json.RootElement.EnumerateObject())
        {
            foreach (var module in effect.Value.GetProperty("modules").EnumerateArray())
                modules.TryAdd(module.GetString()!, effect.Name);
            foreach (var name in effect.Value.GetProperty("names").EnumerateArray())
                names.TryAdd(name.GetString()!, effect.Name);
        }

        return (modules, names);
    }
}
