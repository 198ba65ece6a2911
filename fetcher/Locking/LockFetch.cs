using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary><c>nix-prefetch-hf --fetch FILE [NAME…]</c>: brings locked models into the store with the user's own token
/// and network, so that their builds make no request.</summary>
internal static class LockFetch
{
    /// <summary>Fetches.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="given">The entries; all, where it is empty.</param>
    /// <param name="root">Where to make links that keep the files from being collected, or
    /// <see langword="null"/>.</param>
    /// <param name="open">Opens the hub of an endpoint.</param>
    /// <param name="cancellation">Ends the work; what is in the store stays there.</param>
    /// <returns>Done, or why the first entry that could not be fetched could not.</returns>
    /// <exception cref="Failure">The file cannot be read, has no entry of a given name, or there is no Nix.</exception>
    public static async Task<ExitCode> RunAsync(
        string path,
        IReadOnlyList<string> given,
        string? root,
        Func<string?, SnapshotDelivery> open,
        CancellationToken cancellation
    )
    {
        var file = LockFile.Read(path);
        var nix = new NixCommand();
        if (!nix.IsInstalled)
        {
            throw new Failure(
                ExitCode.LocalIO,
                "there is no nix-store on PATH to add the files to",
                "install Nix, or run this where it is"
            );
        }

        var fetched = new List<string>();
        var failed = await LockedModels.ForEachAsync(
            file,
            path,
            given,
            async (name, entry) =>
            {
                Log.Line($"{name}: {entry.Repository} at {entry.Commit}");
                using var delivery = open(entry.Endpoint);
                var entryDelivery = new EntryDelivery(
                    delivery.Hub,
                    nix,
                    StoreFolder.Name(Environment.GetEnvironmentVariable),
                    async (snapshot, store, flat, ct) => (await delivery.RunAsync(snapshot, store, flat, ct)).Hash
                );
                fetched.AddRange(await entryDelivery.RunAsync(entry, cancellation));
            }
        );
        if (root is not null && fetched.Count > 0)
            await nix.AddRootsAsync(fetched.Distinct(), root, cancellation);
        foreach (var storePath in fetched.Distinct())
            Console.Out.WriteLine(storePath);
        return failed.FirstOrDefault(ExitCode.Done);
    }
}
