namespace NixAiModels.Sync;

/// <summary>Models that exclude each other in one cache.</summary>
internal static class SyncConflicts
{
    /// <summary>The models that conflict with another one.</summary>
    /// <param name="models">The models of the configuration.</param>
    /// <param name="wholeOnly">Whether a snapshot is always one link: then two selections cannot share one.</param>
    /// <returns>Their names, each with its failure.</returns>
    internal static Dictionary<string, Failure> Find(IReadOnlyList<SyncModel> models, bool wholeOnly)
    {
        var found = new Dictionary<string, Failure>(StringComparer.Ordinal);
        var all =
            from model in models
            let cached = model.Cached
            where cached is not null
            select (Model: model, Cached: cached);
        foreach (var same in all.GroupBy(each => (each.Cached.Repository, each.Cached.Commit)))
        {
            if (
                !wholeOnly
                || same.Any(each => !each.Cached.Partial)
                || same.DistinctBy(each => each.Model.Raw).Count() == 1
            )
            {
                continue;
            }

            Add(
                same.Select(each => each.Model),
                $"different files of {same.Key.Repository} at {same.Key.Commit}, which share a snapshot only where the "
                    + "cache's owner cannot write to the store",
                "make them one model with the files of all of them"
            );
        }

        foreach (
            var same in all.SelectMany(each => each.Cached.Refs.Select(name => (each.Model, each.Cached, Ref: name)))
                .GroupBy(each => (each.Cached.Repository, each.Ref))
        )
        {
            if (same.Select(each => each.Cached.Commit).Distinct().Count() == 1)
                continue;
            Add(
                same.Select(each => each.Model),
                $"the ref '{Printable.Escape(same.Key.Ref)}' of {same.Key.Repository} for different revisions",
                "source.huggingface.ref = \"v1.0\";   # on all but one: the branch or tag of its revision"
            );
        }

        return found;

        void Add(IEnumerable<SyncModel> claimants, string what, string next)
        {
            var names = claimants.Select(model => model.Name).Distinct().ToArray();
            foreach (var name in names)
                found.TryAdd(name, new Failure(ExitCode.Usage, $"{string.Join(" and ", names)} claim {what}", next));
        }
    }
}
