using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Signing;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sync;

/// <summary>Fetches a model outside the sandbox, with the module's token, to the store path of its
/// derivation.</summary>
internal sealed class ModelFetch
{
    private readonly Func<HubToken?> _token;
    private readonly string? _missing;
    private readonly NixCommand _nix;
    private readonly IReadOnlyList<string> _trusted;
    private readonly LocalFiles _local;

    private ModelFetch(SyncManifest manifest, Func<HubToken?> token, string? missing = null)
    {
        (_nix, _trusted, _token, _missing) = (
            new NixCommand(manifest.NixDirectory),
            manifest.Auth.TrustedPublicKeys,
            token,
            missing
        );
        string?[] caches =
        [
            HubCacheFolder.Find(EnvironmentVariables.OfProcess),
            manifest.CacheDirectory,
            manifest.CacheDirectory is { } configured ? Path.Combine(configured, "hub") : null,
        ];
        _local = new LocalFiles(caches.OfType<string>().Distinct(), []);
    }

    /// <summary>Where downloads are kept until they are complete.</summary>
    public required string? Folder { get; init; }

    /// <summary>Takes the token from where the configuration has it, and out of this process's environment.</summary>
    /// <param name="manifest">The configuration.</param>
    /// <returns><see langword="null"/> where no token is configured: then Nix fetches.</returns>
    public static ModelFetch? With(SyncManifest manifest)
    {
        var auth = manifest.Auth;
        if (auth is { TokenFile: null, TokenVariable: null })
            return null;
        var environment = EnvironmentVariables.OfProcess;
        var scope = TokenScope.Of(auth.Endpoints, environment, endpoint => $"auth.endpoints = [ \"{endpoint}\" ];");
        // A service has no home but its state directory, and its /var/tmp is gone when it ends.
        var isService = environment["HOME"] is null || environment["HOME"] == manifest.StateDirectory;
        var folder = isService && environment["XDG_CACHE_HOME"] is null ? DownloadsOf(manifest) : null;
        if (auth.TokenVariable is not null)
            TokenVariable.Require(auth.TokenVariable);
        if (auth.TokenVariable is { } variable && environment[variable] is { } value)
        {
            Environment.SetEnvironmentVariable(variable, null);
            return new ModelFetch(manifest, () => HubToken.FromVariable(variable, value, scope)) { Folder = folder };
        }

        var file = auth.TokenFile is null ? null : TokenFile(auth.TokenFile, environment);
        if (file is not null && File.Exists(file))
        {
            return new ModelFetch(manifest, () => HubToken.FromFile(file, $"{auth.TokenFile} (auth.tokenFile)", scope))
            {
                Folder = folder,
            };
        }

        List<string> nowhere = [];
        if (auth.TokenVariable is not null)
            nowhere.Add($"the environment variable {auth.TokenVariable} (auth.tokenEnvVar) is not set here");
        if (file is not null)
            nowhere.Add($"{file} (auth.tokenFile) is missing or cannot be read");
        return new ModelFetch(manifest, () => null, missing: string.Join(", and ", nowhere)) { Folder = folder };
    }

    /// <summary>The folder of the service's own partial downloads; it may not exist.</summary>
    internal static string DownloadsOf(SyncManifest manifest) => Path.Combine(manifest.StateDirectory, "downloads");

    private static string TokenFile(string named, EnvironmentVariables environment)
    {
        // systemd's LoadCredential= hands the file's content to the service, which need not be able to read the file
        // itself.
        if (
            environment["CREDENTIALS_DIRECTORY"] is { } credentials
            && Path.Combine(credentials, "hf-token") is var credential
            && File.Exists(credential)
        )
        {
            return credential;
        }

        return named.StartsWith("~/", StringComparison.Ordinal) && environment["HOME"] is { } home
            ? Path.Combine(home, named[2..])
            : named;
    }

    /// <summary>Fetches a model's files and adds them to the store.</summary>
    /// <returns>The store paths.</returns>
    /// <exception cref="Failure">Exit code 2 to 8: as for nix-prefetch-hf; 6 too if the files are not the pinned
    /// ones.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(SyncModel model, CancellationToken cancellation)
    {
        if (_missing is not null)
            Log.Warning($"no token: {_missing}");
        try
        {
            return model.Locked is { } locked
                ? await FetchAsync(model, locked, cancellation)
                : [await FetchAsync(model, model.Source!, cancellation)];
        }
        catch (Failure refused) when (refused.Code == ExitCode.NotAllowed && _missing is not null)
        {
            throw new Failure(refused.Code, refused.Message, $"{_missing}\n{refused.Next}", refused);
        }
    }

    private async Task<string> FetchAsync(SyncModel model, ModelSource source, CancellationToken cancellation)
    {
        var transfer = TransferOptions.Of(source.Connections, source.BandwidthLimit, source.Transport);
        using var delivery = Open(source.Endpoint, transfer, source.CaBundle);
        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            source.Repository,
            source.Revision,
            source.Selection,
            cancellation
        );
        var output = new FixedOutput(source.StoreName, IsFlat: false, NixHash.Parse(source.OutputHash));
        try
        {
            var (_, path) = await delivery.RunAsync(snapshot, output, cancellation);
            return path == model.Raw
                ? path
                : throw new Failure(
                    ExitCode.Integrity,
                    $"the snapshot was added as {path}, but the derivation expects {model.Raw}"
                );
        }
        catch (HashMismatch mismatch)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"{source.Repository} at {source.Revision}: {mismatch.Message}",
                source.PrefetchAdvice,
                mismatch
            );
        }
    }

    private async Task<IReadOnlyList<string>> FetchAsync(
        SyncModel model,
        LockedSource source,
        CancellationToken cancellation
    )
    {
        if (_trusted.Count > 0)
            EntrySignature.Verify(model.Name, source.Entry, [.. _trusted.Select(PublicKey.Parse)]);
        var transfer = TransferOptions.Of(source.Connections, source.BandwidthLimit, source.Transport);
        using var delivery = Open(source.Entry.Endpoint, transfer, caBundle: null);
        var store = Path.GetDirectoryName(model.Raw)!;
        return await new EntryDelivery(delivery, _nix, store).RunAsync(source.Entry, cancellation);
    }

    private SnapshotDelivery Open(string? given, TransferOptions transfer, string? caBundle)
    {
        var session = new HubSession(HubEndpoint.Choose(given), _token(), transfer, caBundle);
        return new SnapshotDelivery(session, _nix)
        {
            ToStore = true,
            ViaDaemon = false,
            PartialFolder = Folder,
            Local = _local,
        };
    }
}
