using NixAiModels.Cache;

namespace NixAiModels.Sync;

/// <summary>Models of one commit share its snapshot in a cache: the whole repository serves every selection of it, and
/// several selections are one folder of links.</summary>
/// <param name="models">The models of the configuration.</param>
/// <param name="isThere">Whether a model is in the store and has not failed.</param>
internal sealed class SharedSnapshot(IReadOnlyList<SyncModel> models, Func<SyncModel, bool> isThere)
{
    /// <summary>The model that a model is placed as: one that has the whole repository, if there is one.</summary>
    /// <exception cref="Failure">Exit code 6: another model has different bytes for a file of it.</exception>
    internal SyncModel Of(SyncModel model)
    {
        if (model.Cached is not { } cached)
            return model;
        var others = models
            .Where(other => other != model && other.Cached?.IsSameCommit(cached) == true && isThere(other))
            .ToArray();
        foreach (var other in others.Where(other => other.Raw != model.Raw))
            RequireAgreement(model, cached, other);
        // In the order of the configuration: a second run chooses the same.
        var whole = models.FirstOrDefault(other =>
            other.Cached?.Partial == false && (other == model || others.Contains(other))
        );
        return whole is null
            ? model
            : model with
            {
                Cached = cached with { Partial = false },
                Out = whole.Out,
                Report = whole.Report,
                Raw = whole.Raw,
            };
    }

    private static void RequireAgreement(SyncModel model, CachedRevision cached, SyncModel other)
    {
        if (TreeOf(model) is not { } mine || TreeOf(other) is not { } theirs)
            return;
        foreach (var (path, file) in mine.Files)
        {
            if (theirs.Files.TryGetValue(path, out var same) && !file.Agrees(same))
            {
                throw new Failure(
                    ExitCode.Integrity,
                    $"{model.Name} and {other.Name} have different bytes for {Printable.Escape(path)} of "
                        + $"{cached.Repository} at {cached.Commit}",
                    $"nix-prefetch-hf {cached.Repository} --rev {cached.Commit}   # pin both again, from the same hub"
                );
            }
        }
    }

    private static SnapshotTree? TreeOf(SyncModel model) => SnapshotTree.Read(model.TreeFile);
}
