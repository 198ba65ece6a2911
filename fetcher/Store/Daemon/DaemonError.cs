using System.Text.RegularExpressions;

namespace NixAiModels.Store.Daemon;

/// <summary>What Nix refused, in its own words.</summary>
/// <param name="message">Nix' message; terminal colours are taken out.</param>
public sealed partial class DaemonError(string message)
    : Failure(
        ExitCode.LocalIO,
        $"Nix refused: {Plain(message)}",
        "check that the store has room and that you may add to it: df -h /nix/store; nix-store --add /etc/hostname"
    )
{
    private static string Plain(string message) =>
        Printable.Escape(Colours().Replace(message, "").ReplaceLineEndings(" ").Trim());

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colours();
}
