namespace NixAiModels.Store;

/// <summary>What in the store needs some store paths.</summary>
internal sealed class Referrers
{
    private readonly ILookup<string, string> _direct;

    private Referrers(IEnumerable<(string Path, string Reference)> references) =>
        _direct = references.ToLookup(each => each.Reference, each => each.Path, StringComparer.Ordinal);

    /// <summary>Asks Nix, with two commands however many paths there are.</summary>
    /// <param name="nix">The Nix whose store it is.</param>
    /// <param name="storePaths">Store paths that exist.</param>
    /// <param name="cancellation">Ends the commands.</param>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public static async Task<Referrers> LoadAsync(
        NixCommand nix,
        IReadOnlyCollection<string> storePaths,
        CancellationToken cancellation
    ) =>
        new(
            storePaths.Count == 0
                ? []
                : await nix.ReferencesAsync(await nix.ReferrersAsync(storePaths, cancellation), cancellation)
        );

    /// <summary>A store path and all that needs it.</summary>
    public HashSet<string> Of(string storePath)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { storePath };
        var open = new Queue<string>(found);
        while (open.TryDequeue(out var path))
        {
            foreach (var referrer in _direct[path].Where(found.Add))
                open.Enqueue(referrer);
        }

        return found;
    }
}
