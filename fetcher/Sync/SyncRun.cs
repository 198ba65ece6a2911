using NixAiModels.Cache;
using NixAiModels.Posix;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Makes a configuration true: realises its models, links them into the cache, removes those that are no
/// longer configured (docs/cache.md).</summary>
/// <param name="manifest">The configuration.</param>
/// <param name="fetch">Adds a model's files to the store outside of a build, with a token, and returns their store
/// paths; <see langword="null"/> where no token is configured.</param>
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
    private readonly SyncSummary _summary = new(dryRun);
    private readonly Dictionary<string, SyncState.Model> _done = new(StringComparer.Ordinal);
    private CacheSet _caches = null!;
    private FolderHandle? _stateFolder;
    private SyncState _state = null!;
    private PlacementPlan? _plan;

    /// <summary>For tests, which crash sync by throwing here: called before every change.</summary>
    internal Action<string>? BeforeEachChange { get; init; }

    /// <summary>For tests: whether a client that runs as the cache's owner could delete files of the store.</summary>
    internal Func<string, bool> OwnerCanWriteTo { get; init; } = Ownership.RootCanWriteTo;

    /// <summary>Syncs all models; one that fails leaves the others alone.</summary>
    /// <param name="cancellation">Ends the run; the next one finishes the work.</param>
    /// <returns>As <see cref="SyncSummary.Print"/>.</returns>
    /// <exception cref="Failure">No model can be placed.</exception>
    public async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        var group = manifest is { CacheDirectory: not null, Group: { } name } ? Ownership.FindGroup(name) : (uint?)null;
        using var caches = new CacheSet(dryRun, group, BeforeEachChange);
        using var folder = StateDirectory.Open(manifest.StateDirectory, dryRun);
        (_caches, _stateFolder) = (caches, folder);
        using var held = dryRun ? null : await StateDirectory.LockAsync(manifest.StateDirectory, cancellation);
        return await RunLockedAsync(cancellation);
    }

    private async Task<ExitCode> RunLockedAsync(CancellationToken cancellation)
    {
        _state = SyncState.Read(_stateFolder, manifest.StateDirectory);
        FormerCaches.Leave(_state, _caches, manifest.CacheDirectory);
        var before = _state.Models.ToArray();
        PrepareCache();
        var place = manifest.CacheDirectory is { } cache ? $" for {cache}" : "";
        Log.Line($"{Amounts.Count(manifest.Models.Count, "model")} configured{place}");

        foreach (var (name, conflict) in SyncConflicts.Find(manifest.Models, _plan is { WholeOnly: true }))
            _summary.Fail(name, conflict);
        var good = manifest.Models.Where(model => !_summary.HasFailed(model.Name)).ToArray();
        var missing = await _nix.MissingAsync(
            [.. good.SelectMany(model => model.Outputs.Append(model.Raw)).Distinct()],
            cancellation
        );
        bool IsInStore(SyncModel model) => !model.Outputs.Append(model.Raw).Any(missing.Contains);
        foreach (var model in good)
            _summary.Attempt(model.Name, model.Raw, () => Realisation.RequireOnDisk(model, missing));
        good = [.. good.Where(model => !_summary.HasFailed(model.Name))];
        // Models in the store are linked before others are downloaded, which may take hours.
        await PlaceAsync([.. good.Where(IsInStore)], built: false, cancellation);
        foreach (var model in good.Where(model => !IsInStore(model)))
        {
            if (await RealiseAsync(model, missing.Contains(model.Raw), cancellation))
                await PlaceAsync([model], built: true, cancellation);
        }

        Prune(before);
        await KeepRootsAsync(cancellation);
        LeftDownloads.Remove(manifest, model => _summary.MayMend(model.Name), dryRun);
        return _summary.Print();
    }

    private void SaveState()
    {
        try
        {
            _state.Save(_stateFolder, BeforeEachChange);
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
                $"the cache directory is in the store: {cache}",
                "integration.huggingface.cacheDir = \"/var/cache/huggingface/hub\";"
            );
        }

        _plan = new PlacementPlan(cache, OwnerCanWriteTo(StoreDirectory));
        var changes = _caches.Open(cache, make: true);
        changes.GiveToGroup(cache, GroupAccess.Read);
        if (_plan.Hub != cache)
            new LinkPlacer(changes, new OwnedLinks([]), StoreDirectory).EnsureDirectory(_plan.Hub, GroupAccess.Read);
    }

    /// <summary>Fetches or builds a model; false if it failed, or in a dry run.</summary>
    private async Task<bool> RealiseAsync(SyncModel model, bool rawIsMissing, CancellationToken cancellation)
    {
        try
        {
            return await new Realisation(_nix, _roots, fetch, dryRun).RunAsync(model, rawIsMissing, cancellation);
        }
        catch (Failure failure)
        {
            _summary.Fail(model.Name, FetchFailure.Of(failure, model.Source));
            return false;
        }
    }

    /// <summary>Links models that are in the store.</summary>
    private async Task PlaceAsync(SyncModel[] models, bool built, CancellationToken cancellation)
    {
        var planned = new List<SyncState.Model>();
        var shared = new SharedSnapshot(
            manifest.Models,
            model => models.Contains(model) || _done.ContainsKey(model.Name)
        );
        foreach (var model in models)
        {
            _summary.Attempt(
                model.Name,
                model.Raw,
                () =>
                {
                    var placed = shared.Of(model);
                    var placement = _plan?.Of(placed);
                    if (placement is not null)
                        _state.RememberRefs(placement, _caches.Open(placement.CacheDirectory).Tree);
                    planned.Add(new SyncState.Model(model.Name, [.. model.Outputs.Union(placed.Outputs)], placement));
                }
            );
        }

        if (planned.Count == 0)
            return;
        if (!dryRun)
            await _roots.KeepAsync([.. planned.SelectMany(model => model.Outputs)], built, cancellation);
        // Not what is planned: what has one of its names now is somebody else's.
        var recorded = Placements(_state.Models).ToArray();
        var own = new OwnedLinks(recorded);
        // Recorded before it is made: after a crash nothing of ours is taken for somebody else's.
        var known = _state.Models.ToHashSet();
        _state.Models.AddRange(planned.Where(model => !known.Contains(model)));
        SaveState();
        foreach (var model in planned)
        {
            var before = _caches.Changes;
            var siblings = Placements(_done.Values)
                .Where(other => other.Snapshot == model.Placement?.Snapshot)
                .ToArray();
            var ours = siblings.Length == 0 ? own : new OwnedLinks([.. recorded, .. siblings]);
            if (!_summary.Attempt(model.Name, model.Placement?.Repository ?? "", () => Place(model, ours)))
                continue;
            _done[model.Name] = model;
            if (_caches.Changes > before)
                _summary.Linked(model);
            else
                _summary.Unchanged();
        }
    }

    private void Place(SyncState.Model model, OwnedLinks own)
    {
        if (model.Placement is not { } placement)
            return;
        // A ref of a model that is not pinned leads where the hub's does.
        var isPinned = manifest.Models.All(other =>
            other.Cached is not { Pinned: false } cached
            || cached.Repository.CacheName != Path.GetFileName(placement.Repository)
        );
        new LinkPlacer(_caches.Open(placement.CacheDirectory), own, StoreDirectory).Place(
            placement,
            isPinned ? GroupAccess.Add : GroupAccess.Change
        );
    }

    /// <summary>Removes the links that no model has any more; a model that failed keeps its own.</summary>
    private void Prune(SyncState.Model[] before)
    {
        var kept = before
            .Where(model => _summary.HasFailed(model.Name) && !_done.ContainsKey(model.Name) && !Collides(model))
            .ToArray();
        var final = manifest
            .Models.Select(model => _done.GetValueOrDefault(model.Name))
            .OfType<SyncState.Model>()
            .Concat(kept)
            .ToList();
        // A placement that failed half-way stays recorded, next to the model's old one.
        var begun = _state.Models.Where(model => _summary.HasFailed(model.Name) && !final.Contains(model)).ToArray();
        var wanted = Placements(final).ToArray();
        var configured = manifest.Models.Select(model => model.Name).ToHashSet(StringComparer.Ordinal);
        var own = new OwnedLinks([.. Placements(_state.Models)]);
        var stuck = new List<SyncState.Model>();
        var staying = wanted.ToHashSet();
        foreach (var old in _state.Models.Except([.. final, .. begun]).ToArray())
        {
            if (FormerCaches.IsFormer(old, manifest.CacheDirectory))
            {
                stuck.Add(old);
                continue;
            }

            var isPruned = _summary.Attempt(
                old.Name,
                old.Placement?.Repository ?? "",
                () =>
                {
                    if (old.Placement is not { } placement || staying.Contains(placement))
                        return;
                    var changes = _caches.Open(placement.CacheDirectory);
                    new LinkPruner(changes, own, _state.PreviousRefs, wanted).Remove(placement);
                }
            );
            if (!isPruned)
                stuck.Add(old);
            else if (!configured.Contains(old.Name))
                _summary.Removed(old.Name);
        }

        _state.Models = [.. final, .. stuck, .. begun];
        SaveState();
    }

    /// <summary>Whether another model has taken over the links of a failed one.</summary>
    private bool Collides(SyncState.Model old) =>
        old.Placement is { } mine
        && Placements(_done.Values)
            .Any(other =>
                other.Repository == mine.Repository
                && (
                    other.Commit != mine.Commit ? other.Refs.Intersect(mine.Refs).Any()
                    : other.Files is null || mine.Files is null ? !other.Equals(mine)
                    : false
                )
            );

    private async Task KeepRootsAsync(CancellationToken cancellation)
    {
        if (dryRun)
            return;
        string[] outputs = [.. _state.Models.SelectMany(model => model.Outputs).Distinct()];
        if (_summary.HasFailures)
            outputs = [.. outputs.Except(await _nix.MissingAsync(outputs, cancellation))];
        _roots.ForgetOthers(await _roots.KeepAsync(outputs, anew: false, cancellation));
        // Once the module is disabled, no configuration has the program any more that removes the links.
        var link = Path.Combine(manifest.StateDirectory, "package");
        if (manifest.Package is { } package && new FileInfo(link).LinkTarget != package)
            await _nix.AddRootAsync(package, link, cancellation);
    }

    private static IEnumerable<Placement> Placements(IEnumerable<SyncState.Model> models) =>
        models.Select(model => model.Placement).OfType<Placement>();
}
