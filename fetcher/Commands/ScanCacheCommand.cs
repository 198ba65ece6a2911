using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Sync;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models scan-cache</c>: what is in a Hugging Face cache, whose, how large.</summary>
internal static class ScanCacheCommand
{
    public static Command Create()
    {
        var cacheDir = CacheFolderOption.Create();
        var stateDir = new Option<string[]>("--state-dir")
        {
            Description = "Where sync notes what is its own. Default: /var/lib/ai-models and ~/.local/state/ai-models.",
            HelpName = "DIR",
        };
        var format = new Option<string>("--format")
        {
            Description = "text or json.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "json");
        var command = new Command(
            "scan-cache",
            "Show what is in a Hugging Face cache: what comes from the store, of which model, and what was downloaded."
        )
        {
            cacheDir,
            stateDir,
            format,
        };
        command.SetAction(parsed =>
        {
            var cache = parsed.FolderOf(cacheDir);
            var states = parsed.GetValue(stateDir) is { Length: > 0 } given
                ? given
                : [.. SyncState.DefaultDirectories()];
            var revisions = CacheScan.Of(cache, states.SelectMany(SyncState.PlacedModels));
            foreach (var link in revisions.SelectMany(revision => revision.Broken))
                Log.Warning($"a link that leads nowhere: {Printable.Escape(link)}");
            if (parsed.GetValue(format) == "json")
                ResultJson.Print(revisions);
            else
                PrintTable(revisions);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void PrintTable(IReadOnlyList<ScannedRevision> revisions)
    {
        var output = Console.Out;
        foreach (var revision in revisions)
        {
            string[] names = [revision.Repository, revision.Commit, string.Join(",", revision.Refs)];
            output.WriteLine(string.Join("  ", names.Select(name => Printable.Escape(name))));
            output.WriteLine(
                $"  {Amounts.Size(revision.Size)}, {Amounts.Count(revision.Files, "file")}, "
                    + $"{revision.FromStore} of them in the store  [{Printable.Escape(revision.Owner)}]"
                    + (revision.StorePath is null ? "" : $"  {Printable.Escape(revision.StorePath)}")
            );
        }

        if (revisions.Count > 0)
            output.WriteLine();
        var ours = revisions.Where(revision => revision.StorePath is not null).ToArray();
        output.WriteLine(
            $"{Amounts.Count(revisions.Count, "revision")}, {Amounts.Size(revisions.Sum(revision => revision.Size))}; "
                + $"{ours.Length} from the store, {Amounts.Size(ours.Sum(revision => revision.Size))}"
        );
    }
}
