using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Sync;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models list</c>: the models in the store, what keeps them, and what else takes space.</summary>
internal static class ListCommand
{
    private const int ShownRoots = 3;

    public static Command Create()
    {
        var format = new Option<string>("--format")
        {
            Description = "text or json.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "json");
        var command = new Command(
            "list",
            "List the models in the store: size, revision, what keeps them, where they are linked."
        )
        {
            format,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var store = StoreFolder.Name(Environment.GetEnvironmentVariable);
                var folder =
                    StoreFolder.Find(Environment.GetEnvironmentVariable)
                    ?? throw new Failure(ExitCode.LocalIO, $"no store on this machine: {store}", $"ls -d {store}");
                var models = await new StoreModels(new NixCommand(), folder, store).FindAsync(_ => true, cancellation);
                var links = SyncState
                    .PlacedEverywhere()
                    .ToLookup(each => each.Placement.Raw, each => each.Placement.Snapshot, StringComparer.Ordinal);
                var partial = PartialDownloads.In(PartialDownloads.UserFolder);
                if (parsed.GetValue(format) == "json")
                    ResultJson.Print(StoreListJson.Of(models, links, partial));
                else
                    Print(models, links, partial);
                return (int)ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(
        IReadOnlyList<StoreModel> models,
        ILookup<string, string> links,
        IReadOnlyList<PartialDownload> partial
    )
    {
        var output = Console.Out;
        foreach (var model in models)
        {
            var part = model.IsSelection ? ", a selection of its files" : "";
            output.WriteLine(
                model.Repository is null
                    ? $"{StorePath.NameOf(model.StorePath)}  {Amounts.Size(model.Size)}"
                    : $"{RepositoryId.Parse(model.Repository, model.Type).Address}  {model.Revision}  "
                        + $"{Amounts.Size(model.Size)}{part}"
            );
            output.WriteLine($"  {model.StorePath}");
            foreach (var view in model.Views)
                output.WriteLine($"  model   {view}");
            foreach (var link in links[model.StorePath])
                output.WriteLine($"  linked  {Printable.Escape(link, int.MaxValue)}");
            foreach (var root in model.Roots.Take(ShownRoots))
                output.WriteLine($"  kept by {Printable.Escape(root, int.MaxValue)}");
            if (model.Roots.Count > ShownRoots)
                output.WriteLine($"  kept by {model.Roots.Count - ShownRoots} more");
            if (model.Roots.Count == 0)
                output.WriteLine("  kept by nothing: the next nix-collect-garbage removes it");
        }

        if (models.Count > 0)
            output.WriteLine();
        StoreModel[] kept = [.. models.Where(model => model.Roots.Count > 0)];
        output.WriteLine(
            $"{Amounts.Count(models.Count, "model")}, {Amounts.Size(models.Sum(model => model.Size))}; "
                + $"{kept.Length} kept, {Amounts.Size(kept.Sum(model => model.Size))}"
        );
        if (partial.Count > 0)
        {
            output.WriteLine(
                $"{Amounts.Count(partial.Count, "partial download")}, {Amounts.Size(partial.Sum(each => each.Size))}: "
                    + "nix-ai-models clean"
            );
        }

        var downloads = Downloads();
        if (downloads.Count > 0)
        {
            output.WriteLine(
                $"{Amounts.Count(downloads.Count, "download")} in the Hugging Face cache, "
                    + $"{Amounts.Size(downloads.Sum(each => each.Size))}: nix-ai-models import --dry-run"
            );
        }
    }

    /// <summary>The revisions of the user's cache that are not from the store.</summary>
    private static List<ScannedRevision> Downloads() =>
        HubCacheFolder.Find(EnvironmentVariables.OfProcess) is { } cache && Directory.Exists(cache)
            ? [.. CacheScan.Of(cache, []).Where(revision => revision.IsDownload)]
            : [];
}
