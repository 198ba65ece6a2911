using System.CommandLine;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models clean</c>: lists and removes the user's partial downloads.</summary>
internal static class CleanCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "List them, and remove nothing." };
        var command = new Command(
            "clean",
            "Remove partial downloads of nix-prefetch-hf that no process works on, and list them all."
        )
        {
            dryRun,
        };
        command.SetAction(parsed =>
        {
            Run(PartialDownloads.UserFolder, parsed.GetValue(dryRun), Console.Out);
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>Prints a line for each download and one with the totals.</summary>
    /// <param name="home">The folder that they are in.</param>
    /// <param name="dryRun">Whether to remove nothing.</param>
    /// <param name="output">Where to print.</param>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read or removed.</exception>
    internal static void Run(string home, bool dryRun, TextWriter output)
    {
        var (removed, freed, kept, left) = (0, 0L, 0, 0L);
        foreach (var download in PartialDownloads.In(home))
        {
            var holder = PartialDownloads.HolderOf(download);
            var isRemoved = holder is null && (dryRun || PartialDownloads.TryRemove(download));
            (removed, freed) = isRemoved ? (removed + 1, freed + download.Size) : (removed, freed);
            (kept, left) = isRemoved ? (kept, left) : (kept + 1, left + download.Size);
            var age = Amounts.Time(DateTime.UtcNow - download.Modified);
            var state = isRemoved ? (dryRun ? "would be removed" : "removed") : $"kept: {holder ?? "in use"} has it";
            output.WriteLine($"{Printable.Escape(download.Name)}  {Amounts.Size(download.Size)}  {age} old  [{state}]");
        }

        var counted = $"{Amounts.Count(removed, "partial download")} {(dryRun ? "would be removed" : "removed")}";
        var others = kept > 0 ? $"; {kept} in use, {Amounts.Size(left)}" : "";
        output.WriteLine($"{counted}, {Amounts.Size(freed)}{others}");
    }
}
