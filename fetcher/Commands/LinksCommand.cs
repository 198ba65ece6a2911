using System.CommandLine;
using NixAiModels.Posix;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models links</c>: the builder of a folder of links to models.</summary>
internal static class LinksCommand
{
    public static Command Create()
    {
        var command = new Command("links", "Builder of a folder of links to models. Run by Nix.");
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var output = attributes.Output("out");
                Directory.CreateDirectory(output);
                foreach (var link in attributes.Find("links")!.Value.EnumerateObject())
                    LinkFolder.Add(output, link.Name, link.Value.GetString()!);
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
