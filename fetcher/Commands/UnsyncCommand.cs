using System.CommandLine;
using NixAiModels.Sync;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models unsync</c>: what the modules run once they are disabled.</summary>
internal static class UnsyncCommand
{
    public static Command Create()
    {
        var stateDir = new Option<string?>("--state-dir")
        {
            Description =
                "Where sync has recorded what is its own. "
                + "Default: /var/lib/ai-models for root, else ~/.local/state/ai-models.",
            HelpName = "DIR",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the changes that would be made, and make none.",
        };
        var command = new Command(
            "unsync",
            "Remove everything that sync has made: links, refs, garbage collection roots, its state."
        )
        {
            stateDir,
            dryRun,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var directory =
                    parsed.GetValue(stateDir)
                    ?? (Environment.IsPrivilegedProcess ? SyncState.ServiceDirectory : SyncState.UserDirectory);
                return (int)
                    await SyncRemoval.RunAsync(Path.GetFullPath(directory), parsed.GetValue(dryRun), cancellation);
            }
        );
        return command;
    }
}
