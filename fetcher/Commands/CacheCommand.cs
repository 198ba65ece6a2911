using System.CommandLine;
using System.Text.Json;
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
                foreach (
                    var revision in attributes
                        .Find("models")!
                        .Value.EnumerateArray()
                        .GroupBy(model => (Cache: Text(model, "hfCacheName"), Commit: Text(model, "rev")))
                )
                {
                    new CacheView(
                        revision.Key.Cache,
                        revision.Key.Commit,
                        [.. revision.SelectMany(Refs).Distinct()],
                        [.. revision.Select(Part)]
                    ).Write(output);
                }

                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    private static CacheView.Part Part(JsonElement model) =>
        new(
            Text(model, "raw"),
            SnapshotTree.Read(
                SnapshotTree.PathIn($"{Text(model, "view")}/hub/{Text(model, "hfCacheName")}", Text(model, "rev"))
            )
        );

    private static IEnumerable<string> Refs(JsonElement model) =>
        model.GetProperty("refs").EnumerateArray().Select(name => name.GetString()!);

    private static string Text(JsonElement model, string name) => model.GetProperty(name).GetString()!;
}
