using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models farm</c>: the builder of a locked model's snapshot.</summary>
internal static class FarmCommand
{
    public static Command Create()
    {
        var command = new Command(
            "farm",
            "Builder of a locked model's snapshot: a folder of links to its files in the store. Run by Nix."
        );
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var files = attributes
                    .Find("known")
                    ?.EnumerateArray()
                    .ToDictionary(
                        file => file.GetProperty("path").GetString()!,
                        file => file.GetProperty("file").GetString()!,
                        StringComparer.Ordinal
                    );
                var entry = (RepositoryEntry)
                    LockReader.ReadEntry(attributes.Find("entry")!.Value, attributes.Text("entryName"));
                var copies = attributes
                    .Find("copies")
                    ?.EnumerateObject()
                    .ToDictionary(
                        copy => copy.Name,
                        copy => attributes.Output(copy.Value.GetString()!),
                        StringComparer.Ordinal
                    );
                new LinkFarm(entry, files ?? [], attributes.List("regular") is [var folder] ? folder : null)
                {
                    Copies = copies ?? [],
                }.Write(attributes.Output("out"));
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
