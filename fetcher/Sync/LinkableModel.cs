using System.Text;
using NixAiModels.Hub;
using NixAiModels.Posix;
using NixAiModels.Store;

namespace NixAiModels.Sync;

/// <summary>Finds a model in the store for a link into a cache: by the path of its view or of its snapshot, or by its
/// repository.</summary>
/// <param name="nix">The Nix whose store it is.</param>
internal sealed class LinkableModel(NixCommand nix)
{
    /// <summary>Finds a model.</summary>
    /// <param name="word">A path, such as <c>./result</c>, or <c>ORG/NAME</c>, perhaps with <c>@COMMIT</c>.</param>
    /// <param name="name">What to call it; <see langword="null"/> for the repository's name.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="Failure">There is none, there are several, or it is not a model (exit codes 2, 3 and
    /// 7).</exception>
    internal async Task<SyncModel> FindAsync(string word, string? name, CancellationToken cancellation)
    {
        var path = FileStatus.Exists(word) ? Links.Resolve(word)! : await InStoreAsync(word, cancellation);
        var (repository, commit, refs, raw) =
            View(path)
            ?? Snapshot(path)
            ?? throw new Failure(
                ExitCode.Usage,
                $"not a model in the store: {Printable.Escape(path, int.MaxValue)}",
                "nix-ai-models list   # shows those that are"
            );
        return new SyncModel(
            name ?? repository.Name,
            new CachedRevision(repository, commit, refs, StoreModel.Parse(raw)?.IsSelection ?? false),
            path,
            Report: raw == path ? null : await nix.SiblingAsync(path, "report", cancellation),
            raw,
            Derivation: null,
            Source: null,
            Locked: null
        );
    }

    private async Task<string> InStoreAsync(string word, CancellationToken cancellation)
    {
        var reference = RepositoryReference.Parse(word);
        var store = StoreFolder.Name(Environment.GetEnvironmentVariable);
        var folder = StoreFolder.Find(Environment.GetEnvironmentVariable) ?? store;
        StoreModel[] found =
        [
            .. await new StoreModels(nix, folder, store).FindAsync(
                model =>
                    model.Repository?.Equals(reference.Repository.ToString(), StringComparison.OrdinalIgnoreCase)
                        == true
                    && model.Type == reference.Repository.TypeWord
                    && (reference.Revision is null || model.Revision == reference.Revision),
                cancellation
            ),
        ];
        var paths = found
            .Select(model => model.Views.Count > 0 ? model.Views[0] : model.StorePath)
            .Distinct()
            .ToArray();
        return paths switch
        {
            [var only] => only,
            [] => throw new Failure(
                ExitCode.NotFound,
                $"{reference.Repository.Address} is not in the store",
                $"nix-prefetch-hf {reference.Repository.Address}"
            ),
            _ => throw new Failure(
                ExitCode.Usage,
                $"{reference.Repository.Address} is in the store {paths.Length} times",
                string.Join('\n', paths.Select(path => $"nix-ai-models link {path}"))
            ),
        };
    }

    /// <summary>What the view of a model has in its <c>hub</c>.</summary>
    private static (RepositoryId, CommitId, IReadOnlyList<string> Refs, string Raw)? View(string path)
    {
        using var open = FolderHandle.Open(path);
        using var hub = open?.Find("hub");
        if (
            hub is null
            || hub.NamesIn(".").FirstOrDefault(name => name.Contains("--", StringComparison.Ordinal)) is not { } folder
            || hub.NamesIn($"{folder}/snapshots") is not [var snapshot]
            || CommitId.TryParse(snapshot) is not { } commit
        )
        {
            return null;
        }

        var refs = $"{path}/hub/{folder}/refs";
        return (
            RepositoryId.OfCacheName(folder),
            commit,
            [
                .. Directory
                    .EnumerateFiles(refs, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(refs, file))
                    .Order(StringComparer.Ordinal),
            ],
            hub.Link($"{folder}/snapshots/{snapshot}") is { } raw
                ? Encoding.UTF8.GetString(raw)
                : $"{path}/hub/{folder}/snapshots/{snapshot}"
        );
    }

    /// <summary>What the name of a snapshot tells.</summary>
    private static (RepositoryId, CommitId, IReadOnlyList<string> Refs, string Raw)? Snapshot(string path) =>
        StoreModel.Parse(path) is { Repository: { } repository } model
        && CommitId.TryParse(model.Revision) is { } commit
            ? (RepositoryId.Parse(repository, model.Type), commit, ["main"], path)
            : null;
}
