using System.CommandLine;
using NixAiModels.Locking;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock update</c>: move entries to the heads of their branches.</summary>
internal static class LockUpdateCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would change, and change nothing.",
    };

    public static Command Create()
    {
        var command = new Command("update", "Move entries to the heads of their branches, and check tags.")
        {
            LockCommand.Names,
            DryRun,
        };
        HubAccess.AddDownloadsTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var update = new LockUpdate(
                    LockCommand.PathOf(parsed),
                    endpoint => HubAccess.Open(parsed, endpoint),
                    HubAccess.FilesOf(parsed),
                    parsed.GetValue(DryRun),
                    Console.Out
                );
                return (int)await update.RunAsync(parsed.GetValue(LockCommand.Names) ?? [], cancellation);
            }
        );
        return command;
    }
}
