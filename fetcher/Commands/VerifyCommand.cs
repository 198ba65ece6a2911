using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Signing;
using NixAiModels.Terminal;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models verify</c>: whether a trusted key signed exactly a folder's files.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A model's folder that is signed." };
        var keys = new Option<string[]>("--trusted-public-keys")
        {
            Description = "Public keys (name:base64), one of which must have signed the folder.",
            HelpName = "KEY",
            AllowMultipleArgumentsPerToken = true,
        };
        var manifest = new Option<string?>("--manifest")
        {
            Description = $"The signed manifest; PATH/{SignedManifest.FileName} unless given.",
            HelpName = "FILE",
        };
        var repo = new Option<string?>("--repo")
        {
            Description = "The repository that must have been signed; any unless given.",
            HelpName = "ORG/NAME",
        };
        var command = new Command(
            "verify",
            "Check that a trusted key signed exactly the files of a folder (exit 8 if none did)."
        )
        {
            path,
            keys,
            repo,
            manifest,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(path);
                if (File.Exists(folder))
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"{folder} is a file: a folder's signature is verified here, a lock file's by another command",
                        LockCommandText.Of(folder, "verify")
                    );
                }

                PublicKey[] trusted = [.. (parsed.GetValue(keys) ?? []).Select(PublicKey.Parse)];
                if (trusted.Length == 0)
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"no trusted key given; add the key that signed '{folder}'",
                        ShellText.Command(["nix-ai-models", "verify", folder, "--trusted-public-keys", "me-1:…"])
                    );
                }

                FolderSignature.Verify(
                    folder,
                    SignCommand.AddressOf(parsed.GetValue(repo)),
                    parsed.GetValue(manifest),
                    trusted,
                    cancellation
                );
                Console.Out.WriteLine("signed");
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
