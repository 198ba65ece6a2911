using System.Text;

namespace NixAiModels.Tests.Booted;

/// <summary>The generations of a machine, and the switch between them in the order in which NixOS'
/// switch-to-configuration has it.</summary>
internal sealed class NixOSSystem(Machine machine)
{
    private const string Current = "/etc/static";

    /// <summary>What the last switch has printed.</summary>
    internal string Said { get; private set; } = "";

    /// <summary>Builds the generation of a NixOS module.</summary>
    /// <returns>Its store path.</returns>
    internal Task<string> BuildAsync(string module) =>
        machine.DoAsync(
            $$"""
            nix-build --no-out-link -E "$(base64 -d <<<'{{Encoded(
                $"import /repo/tests/system/generation.nix {{ modules = [ ({module}) ]; }}"
            )}}')" 2>/tmp/build.log || { cat /tmp/build.log >&2; exit 1; }
            """
        );

    /// <summary>As <c>nixos-rebuild switch</c>.</summary>
    /// <returns>The units that have failed.</returns>
    internal async Task<string[]> SwitchAsync(string generation)
    {
        var (old, now) = (await UnitsAsync(Current), await UnitsAsync($"{generation}/etc"));
        var active = (await machine.DoAsync("systemctl list-units --all --plain --no-legend --full"))
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, _, "active" or "activating", ..])
            .Select(words => words[0])
            .ToHashSet();
        List<string> stop = [],
            start = ["multi-user.target"],
            restart = [],
            reload = [],
            skipped = [];
        foreach (var (name, before) in old.Where(each => active.Contains(each.Key)))
        {
            if (!now.TryGetValue(name, out var after))
                stop.Add(name);
            else if (after.DiffersFrom(before))
                Handle(name, after);
            else if (after.IsToBeReloadedAfter(before))
                reload.Add(name);
        }

        void Handle(string name, UnitText unit)
        {
            if (unit.Says("X-ReloadIfChanged", unlessSaid: false))
            {
                reload.Add(name);
            }
            else if (!unit.Says("X-RestartIfChanged", unlessSaid: true))
            {
                skipped.Add(name);
            }
            else if (!unit.Says("X-StopIfChanged", unlessSaid: true))
            {
                restart.Add(name);
            }
            else
            {
                stop.Add(name);
                start.Add(name);
            }
        }

        var log = new StringBuilder();
        await SystemctlAsync("stop", stop);
        log.AppendLine($"NOT restarting: {string.Join(' ', skipped)}");
        await ActivateAsync(generation);
        await machine.DoAsync("systemctl reset-failed; systemctl daemon-reload");
        await SystemctlAsync("reload", reload);
        await SystemctlAsync("restart", restart);
        await SystemctlAsync("start", start);
        Said = log.ToString();
        return (await machine.DoAsync("systemctl list-units --failed --plain --no-legend")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        async Task SystemctlAsync(string verb, List<string> units)
        {
            log.AppendLine($"{verb}: {string.Join(' ', units)}");
            if (units.Count > 0)
                log.Append((await machine.RunAsync($"systemctl {verb} {string.Join(' ', units)}")).Errors);
        }
    }

    /// <summary>As <c>nixos-rebuild boot</c>, and a reboot.</summary>
    internal async Task BootAsync(string generation)
    {
        await ActivateAsync(generation);
        await machine.RebootAsync();
    }

    /// <summary>Builds a module and switches to it; no unit may fail.</summary>
    internal async Task<string> SwitchToAsync(string module)
    {
        var generation = await BuildAsync(module);
        (await SwitchAsync(generation)).Should().BeEmpty(Said);
        return generation;
    }

    private Task<string> ActivateAsync(string generation) =>
        machine.DoAsync(
            $$"""
            nix-env --profile /nix/var/nix/profiles/system --set {{generation}}
            while read -r group; do
              getent group "$group" >/dev/null || groupadd --system "$group"
            done <{{generation}}/etc/groups
            ln -sfn {{generation}}/etc {{Current}}
            systemd-tmpfiles --create {{generation}}/etc/tmpfiles
            """
        );

    private async Task<Dictionary<string, UnitText>> UnitsAsync(string etc)
    {
        var texts = await machine.DoAsync(
            $"for unit in {etc}/systemd/system/*.service; do "
                + "[ ! -e \"$unit\" ] || { echo \"== ${unit##*/}\"; cat \"$unit\"; echo; }; done"
        );
        return texts
            .Split("== ", StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.Split('\n', 2))
            .ToDictionary(parts => parts[0], parts => new UnitText(parts[1]));
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
