namespace NixAiModels.Sync;

/// <summary>Models that cannot all be had in one cache.</summary>
internal static class SyncConflicts
{
    /// <summary>Finds them.</summary>
    /// <returns>Each model that is in conflict with another, with what to say of it.</returns>
    internal static Dictionary<string, Failure> Find(IReadOnlyList<SyncModel> models)
    {
        var found = new Dictionary<string, Failure>(StringComparer.Ordinal);
        foreach (var same in models.GroupBy(model => (model.Repository, model.Commit)))
        {
            if (same.Select(model => model.Raw).Distinct().Count() == 1)
                continue;
            Add(
                same,
                $"the same revision {same.Key.Commit} of {same.Key.Repository} with different files: a cache has one snapshot of a revision",
                "make them one model with the files of all of them"
            );
        }

        foreach (
            var same in models
                .SelectMany(model => model.Refs.Select(name => (Model: model, Ref: name)))
                .GroupBy(each => (each.Model.Repository, each.Ref))
        )
        {
            if (same.Select(each => each.Model.Commit).Distinct().Count() == 1)
                continue;
            Add(
                same.Select(each => each.Model),
                $"the ref '{Printable.Escape(same.Key.Ref)}' of {same.Key.Repository} for different revisions: it can lead to one",
                "source.huggingface.ref = \"v1.0\";   # on all but one: the branch or tag that its revision was taken from"
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
