using System.CommandLine;
using NixAiModels.Locking;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock remove</c>: remove entries; the store keeps their files until it is
/// collected.</summary>
internal static class LockRemoveCommand
{
    public static Command Create()
    {
        var command = new Command("remove", "Remove entries.") { LockCommand.Required };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await LockEdit.RemoveAsync(
                    LockCommand.PathOf(parsed),
                    parsed.GetRequiredValue(LockCommand.Required),
                    cancellation
                );
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
