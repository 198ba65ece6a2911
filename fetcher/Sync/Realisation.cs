using NixAiModels.Posix;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Gets a configured model into the store: fetched with a token outside of a build, built, or from a binary
/// cache.</summary>
/// <param name="nix">The Nix whose store it is.</param>
/// <param name="roots">Keep what is fetched from being collected before it is built.</param>
/// <param name="fetch">See <see cref="SyncRun"/>.</param>
/// <param name="dryRun">Whether it is only printed.</param>
internal sealed class Realisation(
    NixCommand nix,
    GcRoots roots,
    Func<SyncModel, CancellationToken, Task<IReadOnlyList<string>>>? fetch,
    bool dryRun
)
{
    /// <summary>Fetches or builds a model.</summary>
    /// <param name="model">The model, which is not in the store.</param>
    /// <param name="rawIsMissing">Whether its files are not, either.</param>
    /// <param name="cancellation">Ends the fetch, or the build.</param>
    /// <returns>Whether it is in the store now: not in a dry run.</returns>
    /// <exception cref="Failure">It is not.</exception>
    public async Task<bool> RunAsync(SyncModel model, bool rawIsMissing, CancellationToken cancellation)
    {
        var outside =
            fetch is not null
            && (model.Source is not null || model.Locked is not null)
            && model.Derivation is not null
            && rawIsMissing;
        if (dryRun)
        {
            Console.Out.WriteLine(
                $"{(outside ? $"fetch {model.Cached?.Repository} and build" : "realise")} {model.Out}"
            );
            return false;
        }

        if (outside)
        {
            Log.Line($"{model.Name}: {model.Cached?.Repository} is not in the store yet; fetching it");
            await roots.KeepAsync(await fetch!(model, cancellation), anew: true, cancellation);
        }

        var how = model.Derivation is null ? "fetching from the binary caches" : "building";
        Log.Line($"{model.Name}: {how} {model.Out}");
        foreach (var path in model.Derivation is { } derivation ? [derivation] : model.Outputs)
            await nix.RealiseAsync(path, withToken: fetch is null, cancellation);
        return true;
    }

    /// <summary>Nix takes the word of its database: a path that was deleted by hand is valid to it.</summary>
    /// <exception cref="Failure">Exit code 7: a path of the model is valid and not there.</exception>
    public static void RequireOnDisk(SyncModel model, HashSet<string> missing)
    {
        if (
            model
                .Outputs.Append(model.Raw)
                .FirstOrDefault(path => !missing.Contains(path) && !FileStatus.Exists(path)) is
            { } lost
        )
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"the store has lost a path that Nix calls valid: {lost}",
                $"nix-store --repair-path {lost}"
            );
        }
    }
}
