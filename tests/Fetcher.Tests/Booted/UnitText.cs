namespace NixAiModels.Tests.Booted;

/// <summary>A unit's file, compared as NixOS compares it in a switch.</summary>
internal sealed class UnitText
{
    // What a switch does not act on (nixos/modules/system/activation/switch-to-configuration.pl, compare_units).
    private static readonly HashSet<string> Ignored = ["[Unit]Description", "[Unit]X-Reload-Triggers"];

    private readonly ILookup<string, string> _settings;

    internal UnitText(string text)
    {
        var section = "";
        var settings = new List<(string Name, string Value)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('['))
                section = line;
            else if (line.Split('=', 2) is [var name, var value])
                settings.Add((section + name, value));
        }

        _settings = settings.ToLookup(each => each.Name, each => each.Value);
    }

    /// <summary>Whether a switch has to act on more than the unit's reload triggers.</summary>
    internal bool DiffersFrom(UnitText other) => !Compared(this).SequenceEqual(Compared(other));

    /// <summary>Whether the unit's reload triggers differ.</summary>
    internal bool IsToBeReloadedAfter(UnitText other) =>
        !_settings["[Unit]X-Reload-Triggers"].SequenceEqual(other._settings["[Unit]X-Reload-Triggers"]);

    internal bool Says(string name, bool unlessSaid) =>
        _settings[$"[Service]{name}"].LastOrDefault() is { } said ? said == "true" : unlessSaid;

    private static IEnumerable<string> Compared(UnitText unit) =>
        unit
            ._settings.Where(each => !Ignored.Contains(each.Key))
            .Select(each => $"{each.Key}={string.Join('\0', each)}")
            .Order(StringComparer.Ordinal);
}
