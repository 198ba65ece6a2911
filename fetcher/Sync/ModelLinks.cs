using System.Security.Cryptography;
using System.Text;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Posix;
using NixAiModels.Store;

namespace NixAiModels.Sync;

/// <summary>Links models of the store into a user's cache by command: what was linked so far is a configuration that
/// sync makes true, with a state directory of its own.</summary>
/// <param name="cacheDirectory">The cache, absolute.</param>
internal sealed class ModelLinks(string cacheDirectory)
{
    private readonly string _state = Path.Combine(
        SyncState.UserDirectory,
        "links",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cacheDirectory)))[..16]
    );

    /// <summary>The state directories of all caches that models were linked into.</summary>
    internal static IEnumerable<string> StateDirectories =>
        Path.Combine(SyncState.UserDirectory, "links") is var folder && Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
            : [];

    /// <summary>Links a model; one that was linked under its name is replaced.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dryRun">Whether changes are only printed.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>As <see cref="SyncRun.RunAsync"/>.</returns>
    /// <exception cref="Failure">As <see cref="SyncRun.RunAsync"/>.</exception>
    internal Task<ExitCode> AddAsync(SyncModel model, bool dryRun, CancellationToken cancellation) =>
        RunAsync([.. Linked().Where(other => other.Name != model.Name), model], dryRun, cancellation);

    /// <summary>Removes the links of models.</summary>
    /// <param name="name">The name of a model, or its repository.</param>
    /// <param name="dryRun">Whether changes are only printed.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>As <see cref="SyncRun.RunAsync"/>.</returns>
    /// <exception cref="Failure">No linked model has the name (exit code 3), or as
    /// <see cref="SyncRun.RunAsync"/>.</exception>
    internal Task<ExitCode> RemoveAsync(string name, bool dryRun, CancellationToken cancellation)
    {
        var linked = Linked();
        SyncModel[] rest = [.. linked.Where(model => model.Name != name && model.Cached?.Repository.Address != name)];
        if (rest.Length == linked.Count)
        {
            var names = string.Join(", ", linked.Select(model => Printable.Escape(model.Name)));
            throw new Failure(
                ExitCode.NotFound,
                $"'{Printable.Escape(name)}' is not linked into {Printable.Escape(cacheDirectory)}",
                linked.Count == 0 ? null : $"name one of: {names}"
            );
        }

        return RunAsync(rest, dryRun, cancellation);
    }

    private Task<ExitCode> RunAsync(SyncModel[] models, bool dryRun, CancellationToken cancellation)
    {
        var manifest = new SyncManifest(
            cacheDirectory,
            Group: null,
            _state,
            NixDirectory: null,
            new SyncAuth(null, null, [], []),
            models
        );
        return new SyncRun(manifest, fetch: null, dryRun).RunAsync(cancellation);
    }

    private List<SyncModel> Linked()
    {
        using var folder = FolderHandle.Open(_state);
        return
        [
            .. from model in SyncState.Read(folder, _state).Models
            let placement = model.Placement
            where placement is not null
            select Of(model.Name, model.Outputs, placement),
        ];
    }

    /// <summary>The model itself, which may have been placed as another one of its commit.</summary>
    private static SyncModel Of(string name, IReadOnlyList<string> outputs, Placement placement)
    {
        var snapshot = $"hub/{Path.GetFileName(placement.Repository)}/snapshots/{placement.Commit}";
        var raw = new FileInfo(Path.Combine(outputs[0], snapshot)).LinkTarget ?? outputs[0];
        return new(
            name,
            new CachedRevision(
                RepositoryId.OfCacheName(Path.GetFileName(placement.Repository)),
                CommitId.Parse(placement.Commit),
                placement.Refs,
                placement.Files is not null || StoreModel.Parse(raw) is { IsSelection: true }
            ),
            outputs[0],
            outputs.Skip(1).FirstOrDefault(path => StorePath.NameOf(path) == $"{StorePath.NameOf(outputs[0])}-report"),
            raw,
            Derivation: null,
            Source: null,
            Locked: null
        );
    }
}
