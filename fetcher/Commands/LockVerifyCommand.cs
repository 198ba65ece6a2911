using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Signing;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock verify</c>: whether the hub still lists what was pinned, and who signed
/// it.</summary>
internal static class LockVerifyCommand
{
    private static readonly Option<string[]> Keys = new("--trusted-public-keys")
    {
        Description = "Public keys (name:base64), one of which must have signed each entry.",
        HelpName = "KEY",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Compare entries with what the hub lists for their commits (exit 6 if they differ)."
        )
        {
            LockCommand.Names,
            Keys,
        };
        HubAccess.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                PublicKey[] trusted = [.. (parsed.GetValue(Keys) ?? []).Select(PublicKey.Parse)];
                var verify = new LockVerify(
                    LockCommand.PathOf(parsed),
                    trusted,
                    endpoint => HubAccess.OpenHub(parsed, endpoint),
                    Console.Out
                );
                return (int)await verify.RunAsync(parsed.GetValue(LockCommand.Names) ?? [], cancellation);
            }
        );
        return command;
    }
}
