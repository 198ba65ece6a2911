using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Adds locked models to the store with the user's own token and network, so that their builds need
/// neither (<c>nix-prefetch-hf lock fetch</c>).</summary>
internal static class LockFetch
{
    /// <summary>Adds the files of entries to the store; an entry that fails does not stop the others.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="given">The entries' names; all entries if empty.</param>
    /// <param name="root">Where to make garbage collector roots, or <see langword="null"/>.</param>
    /// <param name="open">Opens the hub of an endpoint.</param>
    /// <param name="files">Brings files of other sources.</param>
    /// <param name="cancellation">Ends the work; what is in the store stays there.</param>
    /// <returns>The store paths, and <see cref="ExitCode.Done"/> or the exit code of the first entry that
    /// failed.</returns>
    /// <exception cref="Failure">The file cannot be read, has no entry of a given name, or there is no Nix.</exception>
    public static async Task<(IReadOnlyList<string> StorePaths, ExitCode Code)> RunAsync(
        string path,
        IReadOnlyList<string> given,
        string? root,
        Func<string?, SnapshotDelivery> open,
        FileDelivery files,
        CancellationToken cancellation
    )
    {
        var file = LockFile.Read(path);
        var nix = new NixCommand();
        if (!nix.IsInstalled)
        {
            throw new Failure(
                ExitCode.LocalIO,
                "nix-store is not on PATH",
                "install Nix (https://nixos.org/download), or run this where it is installed"
            );
        }

        var fetched = new HashSet<string>();
        var failed = await LockedModels.ForEachAsync(
            file,
            path,
            given,
            async (name, entry) =>
            {
                fetched.UnionWith(
                    entry switch
                    {
                        RepositoryEntry repository => await RunAsync(name, repository),
                        FileEntry other => await FilesAsync(name, other),
                        _ => [],
                    }
                );
            }
        );
        if (root is not null && fetched.Count > 0)
            await nix.AddRootsAsync(fetched, root, cancellation);
        return ([.. fetched], failed.FirstOrDefault(ExitCode.Done));

        async Task<IReadOnlyList<string>> RunAsync(string name, RepositoryEntry entry)
        {
            Log.Line($"{name}: {entry.Repository} at {entry.Commit}");
            using var delivery = open(entry.Endpoint);
            var store = StoreFolder.Name(Environment.GetEnvironmentVariable);
            return await new EntryDelivery(delivery, nix, store).RunAsync(entry, cancellation);
        }

        async Task<IReadOnlyList<string>> FilesAsync(string name, FileEntry entry)
        {
            Log.Line($"{name}: {Printable.Escape(entry.Origin)}");
            var paths = new List<string>();
            foreach (var each in entry.Files)
                paths.Add((await files.RunAsync(each, cancellation))!);
            return paths;
        }
    }
}
