using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>The outcome of each model, for the log and the exit code.</summary>
internal sealed class SyncSummary(bool dryRun)
{
    private readonly Dictionary<string, Failure> _failed = new(StringComparer.Ordinal);
    private int _linked;
    private int _unchanged;
    private int _removed;

    /// <summary>Whether any model has failed.</summary>
    internal bool HasFailures => _failed.Count > 0;

    /// <summary>Whether a model has failed.</summary>
    internal bool HasFailed(string name) => _failed.ContainsKey(name);

    /// <summary>Runs a part of the work on one model; if it fails, only that model has failed.</summary>
    /// <param name="name">The model.</param>
    /// <param name="place">The folder that the work is about.</param>
    /// <param name="work">The work.</param>
    /// <returns>Whether it succeeded.</returns>
    internal bool Attempt(string name, string place, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Failure failure)
        {
            Fail(name, failure);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            Fail(name, LocalFailure.Of(exception, place));
        }

        return false;
    }

    /// <summary>Whether a model has failed for a reason that another try may mend.</summary>
    internal bool MayMend(string name) => _failed.TryGetValue(name, out var failure) && IsPassing(failure.Code);

    internal void Fail(string name, Failure failure)
    {
        if (_failed.TryAdd(name, failure))
            Log.Error(new Failure(failure.Code, $"{name}: {failure.Message}", failure.Next, failure));
    }

    internal void Unchanged() => _unchanged++;

    internal void Linked(SyncState.Model model)
    {
        _linked++;
        var placement = model.Placement!;
        Log.Line(
            $"{model.Name}: {(dryRun ? "would be linked" : "linked")} as {Path.GetFileName(placement.Repository)}, "
                + string.Join(", ", [$"revision {placement.Commit}", .. placement.Refs])
        );
    }

    internal void Removed(string name)
    {
        _removed++;
        Log.Line($"{name}: no longer configured; {(dryRun ? "would be removed" : "removed")}");
    }

    /// <summary>Logs the numbers.</summary>
    /// <returns>0, or the exit code of a model that failed: of one that another try may mend, where there is one,
    /// because the service is restarted by it.</returns>
    internal ExitCode Print()
    {
        var failed = string.Join(", ", _failed.Select(each => $"{each.Key}: exit code {(int)each.Value.Code}"));
        (int Count, string Text)[] counts =
        [
            (_linked, $"{_linked} linked"),
            (_unchanged, $"{_unchanged} unchanged"),
            (_removed, $"{_removed} removed"),
            (_failed.Count, $"{_failed.Count} failed ({failed})"),
        ];
        var parts = counts.Where(part => part.Count > 0).Select(part => part.Text).ToArray();
        Log.Line($"{(dryRun ? "dry run" : "done")}: {(parts.Length > 0 ? string.Join(", ", parts) : "nothing to do")}");
        return _failed
            .Values.Select(failure => failure.Code)
            .OrderBy(code => !IsPassing(code))
            .FirstOrDefault(ExitCode.Done);
    }

    private static bool IsPassing(ExitCode code) =>
        code is not (ExitCode.Usage or ExitCode.NotFound or ExitCode.Integrity or ExitCode.Validation);
}
