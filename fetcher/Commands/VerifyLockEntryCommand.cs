using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Signing;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models verify-lock-entry</c>: the builder that every download of a locked model waits for, where
/// keys are trusted.</summary>
internal static class VerifyLockEntryCommand
{
    public static Command Create()
    {
        var command = new Command(
            "verify-lock-entry",
            "Builder that fails unless a trusted key signed a lock entry as it is. Run by Nix."
        );
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var name = attributes.Text("entryName");
                var entry = LockReader.ReadEntry(attributes.Find("entry")!.Value, name);
                EntrySignature.Verify(name, entry, [.. attributes.List("trustedPublicKeys").Select(PublicKey.Parse)]);
                File.WriteAllBytes(attributes.Output("out"), CanonicalEntry.Of(name, entry));
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
