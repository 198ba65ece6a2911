using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models cache</c>: the builder of a read-only cache of several models.</summary>
internal static class CacheCommand
{
    public static Command Create()
    {
        var command = new Command("cache", "Builder of a read-only Hugging Face cache of several models. Run by Nix.");
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var output = attributes.Output("out");
                Directory.CreateDirectory(output);
                foreach (var model in attributes.Find("models")!.Value.EnumerateArray())
                {
                    new CacheView(
                        model.GetProperty("raw").GetString()!,
                        model.GetProperty("hfCacheName").GetString()!,
                        model.GetProperty("rev").GetString()!,
                        [.. model.GetProperty("refs").EnumerateArray().Select(name => name.GetString()!)]
                    ).Write(output);
                }

                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
