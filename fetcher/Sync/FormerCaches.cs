using NixAiModels.Cache;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Caches with links of ours that are no longer configured.</summary>
internal static class FormerCaches
{
    /// <summary>Removes the links in them, and does nothing else.</summary>
    /// <remarks>The service runs it outside its sandbox, in which only the configured cache can be
    /// written.</remarks>
    /// <param name="manifest">The configuration.</param>
    /// <param name="dryRun">Whether changes are only printed.</param>
    /// <param name="cancellation">Ends the wait for a sync that is under way.</param>
    /// <exception cref="Failure">The state cannot be read or written.</exception>
    internal static async Task LeaveAsync(SyncManifest manifest, bool dryRun, CancellationToken cancellation)
    {
        using var folder = StateDirectory.Open(manifest.StateDirectory, dryRun);
        using var held = dryRun ? null : await StateDirectory.LockAsync(manifest.StateDirectory, cancellation);
        using var caches = new CacheSet(dryRun, group: null, beforeEach: null);
        var state = SyncState.Read(folder, manifest.StateDirectory);
        Leave(state, caches, manifest.CacheDirectory);
        if (!dryRun)
            state.Save(folder);
    }

    /// <summary>Removes the links in them. Where that fails they stay recorded, for the next run: what is configured
    /// can be in place all the same.</summary>
    /// <returns>Whether none is left.</returns>
    internal static bool Leave(SyncState state, CacheSet caches, string? configured)
    {
        var own = new OwnedLinks([.. state.Models.Select(model => model.Placement).OfType<Placement>()]);
        var isClear = true;
        foreach (var (index, model) in state.Models.Index().Where(each => IsFormer(each.Item, configured)).ToArray())
        {
            var placement = model.Placement!;
            try
            {
                new LinkPruner(caches.Open(placement.CacheDirectory), own, state.PreviousRefs, []).Remove(placement);
                state.Models[index] = model with { Placement = null };
                Log.Line($"{model.Name}: no longer in {Printable.Escape(placement.CacheDirectory)}");
            }
            catch (Exception exception) when (exception is Failure || LocalFailure.Matches(exception))
            {
                var failure = exception as Failure ?? LocalFailure.Of(exception, placement.CacheDirectory);
                Log.Warning($"{model.Name}: links of a former cache stay: {failure.Message}");
                isClear = false;
            }
        }

        return isClear;
    }

    /// <summary>Whether a model has links in a cache that is not the configured one.</summary>
    internal static bool IsFormer(SyncState.Model model, string? configured) =>
        model.Placement is { } placement && placement.CacheDirectory != configured;
}
