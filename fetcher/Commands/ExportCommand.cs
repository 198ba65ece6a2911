using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models export</c>: a model as real files, where the store is not.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A model or an hfCache in the store, or a link to one such as ./result.",
        };
        var copy = new Option<string>("--copy")
        {
            Description = "The folder to copy to. It has the same layout as PATH, and no link leads out of it.",
            HelpName = "DIR",
            Required = true,
        };
        var command = new Command(
            "export",
            "Copy a model as real files, verified, for a container or a machine without the store. "
                + "The same command resumes an interrupted run."
        )
        {
            path,
            copy,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await RunAsync(
                    Path.GetFullPath(parsed.GetRequiredValue(path)),
                    Path.GetFullPath(parsed.GetRequiredValue(copy)),
                    cancellation
                );
                return (int)ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task RunAsync(string source, string destination, CancellationToken cancellation)
    {
        using var step = Heartbeat.Step($"copying to {destination}");
        var items = new ExportPlan(source).Items();
        var export = new CacheExport(items, destination);
        FreeSpace.Require((destination, export.Missing));
        var outcome = await export.RunAsync(cancellation);
        if (items.All(item => item.Digest is null))
            Log.Warning($"copied without verification, since {source} has no list of hashes: export a validated model");
        Log.Line(
            $"{Amounts.Count(outcome.Copied, "file")} copied, {Amounts.Size(outcome.Bytes)}; "
                + $"{outcome.Present} already there"
        );
        Console.Out.WriteLine(destination);
    }
}
