using System.CommandLine;
using NixAiModels.Locking;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock rename</c>: give an entry another name.</summary>
internal static class LockRenameCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("NAME") { Description = "An entry of the lock file." };
        var name = new Argument<string>("NEW") { Description = "Its new name." };
        var command = new Command("rename", "Give an entry another name.") { old, name };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await LockEdit.RenameAsync(
                    LockCommand.PathOf(parsed),
                    parsed.GetRequiredValue(old),
                    parsed.GetRequiredValue(name),
                    cancellation
                );
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
