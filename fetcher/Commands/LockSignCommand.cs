using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Signing;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models lock-sign</c>: vouch for the entries of a lock file.</summary>
internal static class LockSignCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A lock file." };
        var names = new Argument<string[]>("NAME")
        {
            Description = "The entries; all unless given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var keyFile = new Option<string>("--key-file")
        {
            Description = "A secret key as nix key generate-secret writes it.",
            Required = true,
        };
        var command = new Command(
            "lock-sign",
            "Sign entries of a lock file. Prints the public key, for trustedPublicKeys."
        )
        {
            file,
            names,
            keyFile,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var path = parsed.GetRequiredValue(file);
                using var key = SecretKey.Parse(SignCommand.ReadText(parsed.GetRequiredValue(keyFile)));
                // What is not there is not made.
                LockFile.Read(path);
                await LockEdit.ApplyAsync(
                    path,
                    before =>
                        before
                            .Names(parsed.GetValue(names) ?? [], path)
                            .Aggregate(
                                before,
                                (all, name) => all.With(name, EntrySignature.Sign(name, all.Entry(name, path), key))
                            ),
                    cancellation
                );
                Log.Line($"{path}: signed by {key.Name}");
                Console.Out.WriteLine(key.Public);
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
