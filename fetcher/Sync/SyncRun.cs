using NixAiModels.Cache;
using NixAiModels.Posix;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Brings store and cache to what a manifest says: realises models, links them, removes what is no longer
/// configured (docs/cache.md).</summary>
/// <param name="manifest">What is configured.</param>
/// <param name="fetch">Adds a model's files to the store outside of a build, with a token, and says under which paths;
/// <see langword="null"/> where there is none.</param>
/// <param name="dryRun">Whether changes are only printed.</param>
public sealed class SyncRun(
    SyncManifest manifest,
    Func<SyncModel, CancellationToken, Task<IReadOnlyList<string>>>? fetch,
    bool dryRun
)
{
    private readonly NixCommand _nix = new(manifest.NixDirectory);
    private readonly GcRoots _roots = new(
        new NixCommand(manifest.NixDirectory),
        Path.Combine(manifest.StateDirectory, "roots")
    );
    private readonly Dictionary<string, Failure> _failed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SyncState.Model> _done = new(StringComparer.Ordinal);
    private readonly List<string> _linked = [];
    private CacheChanges _changes = null!;
    private SyncState _state = null!;
    private PlacementPlan? _plan;

    /// <summary>For tests: told of every change before it is made; what it throws is a crash at that point.</summary>
    internal Action<string>? BeforeEachChange { get; init; }

    /// <summary>For tests: whether a client that runs as the cache's owner could delete files of the store.</summary>
    internal Func<string, bool> OwnerCanWriteTo { get; init; } = Ownership.RootCanWriteTo;

    /// <summary>Runs.</summary>
    /// <param name="cancellation">Ends it; the next run finishes.</param>
    /// <returns>0, or the exit code of a model that failed: of one that another try may mend, where there is one,
    /// because the service is restarted by it.</returns>
    /// <exception cref="Failure">What keeps every model from being placed.</exception>
    public async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        _changes = new CacheChanges(
            dryRun,
            manifest is { CacheDirectory: not null, Group: { } group } ? Ownership.FindGroup(group) : null
        )
        {
            BeforeEach = BeforeEachChange,
        };
        if (!dryRun)
            MakeStateDirectory();
        using var held = dryRun
            ? null
            : await FileLock.TakeAsync(Path.Combine(manifest.StateDirectory, "lock"), cancellation);
        _state = SyncState.Read(manifest.StateDirectory);
        var before = _state.Models.ToArray();
        PrepareCache();
        Log.Line(
            $"{Amounts.Count(manifest.Models.Count, "model")} configured{(manifest.CacheDirectory is { } cache ? $" for {cache}" : "")}"
        );

        foreach (var (name, conflict) in SyncConflicts.Find(manifest.Models))
            Fail(name, conflict);
        var good = manifest.Models.Where(model => !_failed.ContainsKey(model.Name)).ToArray();
        var missing = await _nix.MissingAsync(
            [.. good.SelectMany(model => model.Outputs.Append(model.Raw)).Distinct()],
            cancellation
        );
        bool IsThere(SyncModel model) => !model.Outputs.Any(missing.Contains);
        // What is in the store is linked before anything is downloaded, which may take hours.
        await PlaceAsync([.. good.Where(IsThere)], built: false, cancellation);
        foreach (var model in good.Where(model => !IsThere(model)))
        {
            if (await RealiseAsync(model, missing.Contains(model.Raw), cancellation))
                await PlaceAsync([model], built: true, cancellation);
        }

        var removed = Prune(before);
        await KeepRootsAsync(cancellation);
        return Summarise(removed);
    }

    private void MakeStateDirectory()
    {
        try
        {
            Directory.CreateDirectory(manifest.StateDirectory);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, manifest.StateDirectory);
        }
    }

    /// <summary>The store that the manifest's paths are in.</summary>
    private string StoreDirectory => Path.GetDirectoryName(manifest.Models[0].Out)!;

    private void PrepareCache()
    {
        if (manifest.CacheDirectory is not { } cache || manifest.Models.Count == 0)
            return;
        if ((Links.ResolveExisting(cache) + "/").StartsWith(StoreDirectory + "/", StringComparison.Ordinal))
        {
            throw new Failure(
                ExitCode.Usage,
                $"the cache directory {cache} is in the store, where nothing can be linked",
                "integration.huggingface.cacheDir = \"/var/cache/huggingface/hub\";"
            );
        }

        _plan = new PlacementPlan(cache, OwnerCanWriteTo(StoreDirectory));
        var parent = Path.GetDirectoryName(cache)!;
        _changes.MakeParents(parent);
        var placing = new LinkPlacing(_changes, new OwnLinks([]), StoreDirectory);
        placing.EnsureDirectory(cache);
        if (_plan.Hub != cache)
            placing.EnsureDirectory(_plan.Hub);
    }

    /// <summary>Sees that a model is in the store.</summary>
    private async Task<bool> RealiseAsync(SyncModel model, bool rawIsMissing, CancellationToken cancellation)
    {
        try
        {
            var outside =
                fetch is not null
                && (model.Source is not null || model.Locked is not null)
                && model.Derivation is not null
                && rawIsMissing;
            if (dryRun)
            {
                Console.Out.WriteLine($"{(outside ? $"fetch {model.Repository} and build" : "realise")} {model.Out}");
                return false;
            }

            if (outside)
            {
                Log.Line($"{model.Name}: {model.Repository} is not in the store yet; fetching it");
                await _roots.KeepAsync(await fetch!(model, cancellation), anew: true, cancellation);
            }

            Log.Line(
                $"{model.Name}: {(model.Derivation is null ? "fetching from the binary caches" : "building")} {model.Out}"
            );
            foreach (var path in model.Derivation is { } derivation ? [derivation] : model.Outputs)
                await _nix.RealiseAsync(path, withToken: fetch is null, cancellation);
            return true;
        }
        catch (Failure failure)
        {
            Fail(model.Name, failure);
            return false;
        }
    }

    /// <summary>Links models that are in the store.</summary>
    private async Task PlaceAsync(SyncModel[] models, bool built, CancellationToken cancellation)
    {
        var planned = new List<(SyncModel Model, SyncState.Model Planned)>();
        foreach (var model in models)
        {
            try
            {
                planned.Add((model, new SyncState.Model(model.Name, [.. model.Outputs], _plan?.Of(model))));
            }
            catch (Failure failure)
            {
                Fail(model.Name, failure);
            }
        }

        if (planned.Count == 0)
            return;
        if (!dryRun)
            await _roots.KeepAsync([.. planned.SelectMany(each => each.Planned.Outputs)], built, cancellation);
        var own = new OwnLinks([.. Placements(_state.Models), .. Placements(planned.Select(each => each.Planned))]);
        foreach (var placement in Placements(planned.Select(each => each.Planned)))
            RememberRefs(placement);
        // Noted before it is made: after a crash nothing of ours is taken for somebody else's.
        var known = _state.Models.ToHashSet(SameModel.Instance);
        _state.Models.AddRange(planned.Select(each => each.Planned).Where(model => !known.Contains(model)));
        _state.Save(_changes);

        var placing = new LinkPlacing(_changes, own, StoreDirectory);
        foreach (var (model, now) in planned)
        {
            try
            {
                var before = _changes.Count;
                if (now.Placement is not null)
                    placing.Place(now.Placement);
                _done[model.Name] = now;
                if (_changes.Count > before)
                    Linked(now);
            }
            catch (Failure failure)
            {
                Fail(model.Name, failure);
            }
            catch (Exception exception) when (LocalFailure.Matches(exception))
            {
                Fail(model.Name, LocalFailure.Of(exception, now.Placement!.Repository));
            }
        }
    }

    private void Linked(SyncState.Model model)
    {
        _linked.Add(model.Name);
        var placement = model.Placement!;
        Log.Line(
            $"{model.Name}: {(dryRun ? "would be linked" : "linked")} as {Path.GetFileName(placement.Repository)}, revision {placement.Commit}"
                + (placement.Refs.Count > 0 ? $", {string.Join(", ", placement.Refs)}" : "")
        );
    }

    /// <summary>Notes what refs hold that are about to become ours, to put it back one day.</summary>
    private void RememberRefs(Placement placement)
    {
        var own = new OwnLinks([.. Placements(_state.Models).Where(other => other.Repository == placement.Repository)]);
        foreach (var path in placement.Refs.Select(placement.RefFile))
        {
            if (
                LinkPlacing.RefText(path)?.Trim() is not { Length: 40 } text
                || own.HasRef(path, text)
                || !text.All(char.IsAsciiHexDigitLower)
            )
            {
                continue;
            }

            if (_state.PreviousRefs.TryGetValue(path, out var known) && known == text)
                continue;
            _state.PreviousRefs[path] = text;
            if (text != placement.Commit)
                Log.Line($"{path} leads to {text}; while the model is configured it leads to {placement.Commit}");
        }
    }

    /// <summary>Removes what no model has any more; a model that failed keeps what it had.</summary>
    private List<string> Prune(SyncState.Model[] before)
    {
        var kept = before
            .Where(model => _failed.ContainsKey(model.Name) && !_done.ContainsKey(model.Name) && !Collides(model))
            .ToArray();
        var final = manifest
            .Models.Select(model => _done.GetValueOrDefault(model.Name))
            .OfType<SyncState.Model>()
            .Concat(kept)
            .ToList();
        // What was begun and failed stays noted as ours, beside what the model had.
        var begun = _state
            .Models.Where(model => _failed.ContainsKey(model.Name) && !final.Contains(model, SameModel.Instance))
            .ToArray();
        var wanted = Placements(final).ToArray();
        var configured = manifest.Models.Select(model => model.Name).ToHashSet(StringComparer.Ordinal);
        var own = new OwnLinks([.. Placements(_state.Models)]);
        var pruning = new LinkPruning(_changes, own, _state.PreviousRefs, wanted);
        var removed = new List<string>();
        var stuck = new List<SyncState.Model>();
        var staying = wanted.ToHashSet();
        foreach (var old in _state.Models.Except([.. final, .. begun], SameModel.Instance).ToArray())
        {
            try
            {
                if (old.Placement is not null && !staying.Contains(old.Placement))
                    pruning.Remove(old.Placement);
                if (configured.Contains(old.Name))
                    continue;
                removed.Add(old.Name);
                Log.Line($"{old.Name}: no longer configured; {(dryRun ? "would be removed" : "removed")}");
            }
            catch (Failure failure)
            {
                Fail(old.Name, failure);
                stuck.Add(old);
            }
            catch (Exception exception) when (LocalFailure.Matches(exception))
            {
                Fail(old.Name, LocalFailure.Of(exception, old.Placement!.Repository));
                stuck.Add(old);
            }
        }

        _state.Models = [.. final, .. stuck, .. begun];
        _state.Save(_changes);
        return removed;
    }

    /// <summary>Whether what a failed model had is now another model's.</summary>
    private bool Collides(SyncState.Model old) =>
        old.Placement is { } mine
        && Placements(_done.Values)
            .Any(other =>
                other.Repository == mine.Repository
                && (other.Commit == mine.Commit ? !other.Equals(mine) : other.Refs.Intersect(mine.Refs).Any())
            );

    private async Task KeepRootsAsync(CancellationToken cancellation)
    {
        if (dryRun)
            return;
        string[] outputs = [.. _state.Models.SelectMany(model => model.Outputs).Distinct()];
        if (_failed.Count > 0)
            outputs = [.. outputs.Except(await _nix.MissingAsync(outputs, cancellation))];
        _roots.ForgetOthers(await _roots.KeepAsync(outputs, anew: false, cancellation));
    }

    private ExitCode Summarise(List<string> removed)
    {
        var unchanged = _done.Count - _linked.Count;
        List<string> parts = [];
        if (_linked.Count > 0)
            parts.Add($"{_linked.Count} linked");
        if (unchanged > 0)
            parts.Add($"{unchanged} unchanged");
        if (removed.Count > 0)
            parts.Add($"{removed.Count} removed");
        if (_failed.Count > 0)
        {
            parts.Add(
                $"{_failed.Count} failed ({string.Join(", ", _failed.Select(each => $"{each.Key}: exit code {(int)each.Value.Code}"))})"
            );
        }

        Log.Line($"{(dryRun ? "dry run" : "done")}: {(parts.Count > 0 ? string.Join(", ", parts) : "nothing to do")}");
        if (_failed.Count == 0)
            return ExitCode.Done;
        return _failed
            .Values.Select(failure => failure.Code)
            .OrderBy(code => code is ExitCode.Usage or ExitCode.NotFound or ExitCode.Integrity or ExitCode.Validation)
            .First();
    }

    private void Fail(string name, Failure failure)
    {
        if (_failed.TryAdd(name, failure))
            Log.Error(new Failure(failure.Code, $"{name}: {failure.Message}", failure.Next, failure));
    }

    private static IEnumerable<Placement> Placements(IEnumerable<SyncState.Model> models) =>
        models.Select(model => model.Placement).OfType<Placement>();

    /// <summary>Models with the same name, outputs and placement.</summary>
    private sealed class SameModel : IEqualityComparer<SyncState.Model>
    {
        internal static SameModel Instance { get; } = new();

        public bool Equals(SyncState.Model? x, SyncState.Model? y) =>
            ReferenceEquals(x, y)
            || (
                x is not null
                && y is not null
                && x.Name == y.Name
                && x.Outputs.SequenceEqual(y.Outputs)
                && Equals(x.Placement, y.Placement)
            );

        public int GetHashCode(SyncState.Model obj) => HashCode.Combine(obj.Name, obj.Placement);
    }
}
