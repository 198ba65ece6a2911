using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Sources;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock fetch</c>: bring locked models into the store before their builds.</summary>
internal static class LockFetchCommand
{
    private static readonly Option<string?> AddRoot = new("--add-root")
    {
        Description = "Make links to the files in the store, which protect them from garbage collection.",
        HelpName = "PATH",
    };

    public static Command Create()
    {
        var command = new Command(
            "fetch",
            "Add the files of entries to the store: their builds then make no request. Prints the store paths."
        )
        {
            LockCommand.Names,
            AddRoot,
        };
        HubAccess.AddDownloadsTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (storePaths, code) = await LockFetch.RunAsync(
                    LockCommand.PathOf(parsed),
                    parsed.GetValue(LockCommand.Names) ?? [],
                    parsed.GetValue(AddRoot),
                    endpoint => HubAccess.Open(parsed, endpoint),
                    new FileDelivery(HubAccess.TransferOf(parsed), new NixCommand()),
                    cancellation
                );
                foreach (var storePath in storePaths)
                    Console.Out.WriteLine(storePath);
                return (int)code;
            }
        );
        return command;
    }
}
