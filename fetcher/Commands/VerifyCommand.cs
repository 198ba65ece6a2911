using System.CommandLine;
using NixAiModels.Console;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Snapshots;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models verify</c>: is what the hub lists today for each pinned commit still what the lock file says?</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A lock file." };
        var names = new Argument<string[]>("NAME") { Description = "The entries; all unless given.", Arity = ArgumentArity.ZeroOrMore };
        var tokenFile = new Option<string?>("--token-file") { Description = "Read the token from this file.", HelpName = "FILE" };
        var command = new Command("verify", "Compare a lock file with what the hub lists for its commits. Exit 6 if they differ.") { file, names, tokenFile };
        command.SetAction((parsed, cancellation) =>
            Run(parsed.GetRequiredValue(file), parsed.GetValue(names) ?? [], parsed.GetValue(tokenFile), cancellation));
        return command;
    }

    private static async Task<int> Run(string path, IReadOnlyList<string> names, string? tokenFile, CancellationToken cancellation)
    {
        var differing = false;
        var failed = await LockedModels.ForEach(LockFile.Read(path), path, names, async (name, entry) =>
        {
            var differences = await Differences(entry, tokenFile, cancellation);
            System.Console.Out.WriteLine($"{name}: {(differences.Count == 0 ? "as pinned" : "the hub lists other files")}");
            foreach (var difference in differences) System.Console.Out.WriteLine($"  {difference}");
            differing |= differences.Count > 0;
        });

        // That files differ is worse than that a question has no answer.
        return (int)(differing ? ExitCode.Integrity : failed.FirstOrDefault(ExitCode.Done));
    }

    private static async Task<IReadOnlyList<FileChange>> Differences(LockEntry entry, string? tokenFile, CancellationToken cancellation)
    {
        var endpoint = HubEndpoint.Choose(entry.Endpoint);
        using var hub = HubConnection.Open(endpoint, tokenFile, caBundle: null, new TransferOptions(), new Troubles());
        var listing = await hub.ListFiles(entry.Repository, entry.Commit, cancellation);
        ListingCheck.Check(listing);
        // By path: a pattern that matched a file which is gone would be an error of its own.
        var pinned = entry.Listing.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var selected = entry.Selection.IsWhole ? listing : [.. listing.Where(file => pinned.Contains(file.Path))];
        return FileChange.Between(entry, selected);
    }
}
