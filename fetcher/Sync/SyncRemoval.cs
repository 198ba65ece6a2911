using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Removes all that sync has made: links, refs, garbage collection roots, and its state.</summary>
public static class SyncRemoval
{
    // The service's home is its state directory. A user's has those of `link` too, which stay.
    private static readonly string[] StateEntries = [".cache", "roots", "downloads", "package", "state.json", "lock"];

    /// <summary>Removes it.</summary>
    /// <param name="stateDirectory">Where sync has recorded what is its own.</param>
    /// <param name="dryRun">Whether changes are only printed.</param>
    /// <param name="cancellation">Ends the wait for a sync that is under way.</param>
    /// <returns>7 where links could not be removed; then the state stays, for another try.</returns>
    /// <exception cref="Failure">Exit code 2: another user could change the state directory; 7: it cannot be read or
    /// removed.</exception>
    public static async Task<ExitCode> RunAsync(string stateDirectory, bool dryRun, CancellationToken cancellation)
    {
        using var folder = StateDirectory.Find(stateDirectory);
        if (folder is null)
        {
            Log.Line($"nothing to remove: {Printable.Escape(stateDirectory)} does not exist");
            return ExitCode.Done;
        }

        using var held = dryRun ? null : await StateDirectory.LockAsync(stateDirectory, cancellation);
        using var caches = new CacheSet(dryRun, group: null, beforeEach: null);
        var state = SyncState.Read(folder, stateDirectory);
        var isClear = FormerCaches.Leave(state, caches, configured: null);
        if (dryRun)
            return ExitCode.Done;
        state.Save(folder);
        if (!isClear)
            return ExitCode.LocalIO;
        try
        {
            foreach (var entry in StateEntries.Where(entry => folder.Entry(entry) is not null))
                folder.RemoveTree(entry);
            if (folder.Names(".").Count == 0)
                Directory.Delete(stateDirectory);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, stateDirectory);
        }

        Log.Line("done: nothing of nix-ai-models is left; the next garbage collection frees the models");
        return ExitCode.Done;
    }
}
