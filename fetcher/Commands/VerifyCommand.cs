using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Signing;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models verify</c>: of a model's folder, its signature; of a lock file, whether the hub still
/// lists what it pins.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A model's folder that is signed, or a lock file." };
        var names = new Argument<string[]>("NAME")
        {
            Description = "Entries of the lock file; all unless given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var keys = new Option<string[]>("--trusted-public-keys")
        {
            Description = "Public keys (name:base64), one of which must have signed the folder, or the entries.",
            AllowMultipleArgumentsPerToken = true,
        };
        var manifest = new Option<string?>("--manifest")
        {
            Description = $"Of a folder: the signed manifest; PATH/{SignedManifest.FileName} unless given.",
            HelpName = "FILE",
        };
        var repo = new Option<string?>("--repo")
        {
            Description = "Of a folder: the repository that must have been signed; any unless given.",
            HelpName = "ORG/NAME",
        };
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Of a lock file: another hub than huggingface.co that may get the token.",
            HelpName = "URL",
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = "Of a lock file: read the token from this file.",
            HelpName = "FILE",
        };
        var command = new Command(
            "verify",
            "Check that a trusted key signed exactly the files of a folder (exit 8 if none did), "
                + "or compare a lock file with what the hub lists for its commits (exit 6 if they differ)."
        )
        {
            path,
            names,
            keys,
            repo,
            manifest,
            endpoint,
            tokenFile,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var place = parsed.GetRequiredValue(path);
                PublicKey[] trusted = [.. (parsed.GetValue(keys) ?? []).Select(PublicKey.Parse)];
                if (!Directory.Exists(place))
                {
                    return (int)
                        await new LockVerify(place, trusted, OpenHub, Console.Out).RunAsync(
                            parsed.GetValue(names) ?? [],
                            cancellation
                        );
                }

                if (trusted.Length == 0)
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"trustedPublicKeys is empty; add the key that signed '{place}'",
                        ShellText.Command(["nix-ai-models", "verify", place, "--trusted-public-keys", "me-1:…"])
                    );
                }

                FolderSignature.Verify(
                    place,
                    SignCommand.AddressOf(parsed.GetValue(repo)),
                    parsed.GetValue(manifest),
                    trusted,
                    cancellation
                );
                Console.Out.WriteLine("signed");
                return (int)ExitCode.Done;

                HubSession OpenHub(string? given)
                {
                    var allowed = HubEndpoint.Choose(given);
                    var scope = TokenScope.Of([parsed.GetValue(endpoint)]);
                    var token = HubToken.Find(allowed, scope, parsed.GetValue(tokenFile), Log.Warning);
                    return new HubSession(allowed, token, new TransferOptions());
                }
            }
        );
        return command;
    }
}
