using System.CommandLine;
using NixAiModels.Locking;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock freeze</c> and <c>unfreeze</c>: exclude entries from updates, and include them
/// again.</summary>
internal static class LockFreezeCommand
{
    public static Command Create() =>
        Create("freeze", "Exclude entries from updates, and from being replaced.", frozen: true);

    public static Command CreateUndo() => Create("unfreeze", "Include entries in updates again.", frozen: false);

    private static Command Create(string verb, string description, bool frozen)
    {
        var command = new Command(verb, description) { LockCommand.Required };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await LockEdit.FreezeAsync(
                    LockCommand.PathOf(parsed),
                    parsed.GetRequiredValue(LockCommand.Required),
                    frozen,
                    cancellation
                );
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
