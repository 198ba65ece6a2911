using System.Text.RegularExpressions;

namespace NixAiModels.Store.Daemon;

/// <summary>A refusal of the daemon, in its own words.</summary>
/// <param name="message">Nix' message; its terminal colours are removed.</param>
public sealed partial class DaemonError(string message)
    : Failure(
        ExitCode.LocalIO,
        $"Nix refused: {Plain(message)}",
        "df -h /nix/store; nix-store --add /etc/hostname   # is there room, and may you add to the store?"
    )
{
    private static string Plain(string message) =>
        Printable.Escape(Colours().Replace(message, "").ReplaceLineEndings(" ").Trim());

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colours();
}
