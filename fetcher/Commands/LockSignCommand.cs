using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Signing;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock sign</c>: vouch for entries.</summary>
internal static class LockSignCommand
{
    private static readonly Option<string> KeyFile = new("--key-file")
    {
        Description = "A secret key as nix key generate-secret writes it.",
        HelpName = "FILE",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command("sign", "Sign entries. Prints the public key, for trustedPublicKeys.")
        {
            LockCommand.Names,
            KeyFile,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var path = LockCommand.PathOf(parsed);
                using var key = SecretKey.Parse(SignCommand.ReadText(parsed.GetRequiredValue(KeyFile)));
                await LockEdit.SignAsync(path, parsed.GetValue(LockCommand.Names) ?? [], key, cancellation);
                Log.Line($"{path}: signed by {key.Name}");
                Console.Out.WriteLine(key.Public);
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
