using NixAiModels.Locking;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Partial downloads of the service, in the state directory.</summary>
internal static class LeftDownloads
{
    /// <summary>Removes downloads that no run will resume.</summary>
    /// <param name="manifest">The configuration.</param>
    /// <param name="needsItsOwn">Whether a model has failed for a passing reason.</param>
    /// <param name="dryRun">Whether they are only named.</param>
    internal static void Remove(SyncManifest manifest, Func<SyncModel, bool> needsItsOwn, bool dryRun)
    {
        var resumed = manifest.Models.Where(needsItsOwn).SelectMany(StoreNames).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var download in PartialDownloads.In(ModelFetch.DownloadsOf(manifest)))
            {
                if (resumed.Contains(download.Name))
                    continue;
                if (dryRun)
                    Console.Out.WriteLine($"remove {Printable.Escape(download.Folder)}");
                else if (PartialDownloads.TryRemove(download))
                    Log.Line($"removed a partial download that nothing resumes: {Described(download)}");
            }
        }
        catch (Failure failure)
        {
            // The models are in place all the same.
            Log.Warning($"partial downloads: {failure.Message}");
        }
    }

    private static string Described(PartialDownload download) =>
        $"{Printable.Escape(download.Name)} ({Amounts.Size(download.Size)})";

    private static IEnumerable<string> StoreNames(SyncModel model) =>
        model.Locked is { } locked ? EntryDelivery.StoreNames(locked.Entry)
        : model.Source is { } source ? [source.StoreName]
        : [];
}
