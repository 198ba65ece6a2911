using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>Opens the files of a hub the way that is chosen for them. Where Xet fails, the plain way takes over for the
/// rest of the run, which is said once.</summary>
/// <param name="hub">The hub.</param>
/// <param name="options">Which way, and how long a server may send nothing.</param>
/// <param name="warn">Told, in one line, why the plain way takes over.</param>
/// <param name="tell">Told, in one line, that Xet takes over.</param>
public sealed class XetTransport(
    HubClient hub,
    TransferOptions options,
    Action<string>? warn,
    Action<string>? tell = null
)
{
    // With what connections and the engine hold, a download stays below 256 MB.
    private const long KeptChunks = 32 << 20;

    private readonly ChunkCache _cache = new(KeptChunks);
    private readonly Dictionary<(RepositoryId, CommitId), XetStore> _stores = [];
    private string? _reason;

    /// <summary>Which way is the faster.</summary>
    internal WayComparison Ways { get; } = new(options.Patience);

    /// <summary>Whether older versions of files are of use.</summary>
    public bool UsesOlderVersions => options.Transport != TransportChoice.Plain;

    /// <summary>Why Xet was given up; <see langword="null"/> where it was not.</summary>
    internal string? Reason => Volatile.Read(ref _reason);

    /// <summary>A file to be transferred; nothing is sent yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file, from the commit's listing.</param>
    /// <param name="older">Older versions of it on this machine.</param>
    public IRemoteFile Open(RepositoryId repository, CommitId commit, HubFile file, IReadOnlyList<OlderVersion> older)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(file);
        var plain = hub.Open(repository, commit.ToString(), file);
        return options.Transport == TransportChoice.Plain || file.XetHash is not { } hash || file.Size == 0
            ? plain
            : new TwoWayFile(
                plain,
                new XetFile(StoreOf(repository, commit), hash, file.Size, older, _cache),
                file,
                this,
                isAsked: options.Transport == TransportChoice.Xet
            );
    }

    /// <summary>Gives Xet up for the rest of the run.</summary>
    internal void Fail(string path, string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            warn?.Invoke($"{Printable.Escape(path)}: {reason}; continuing without Xet");
    }

    /// <summary>Says that Xet takes over.</summary>
    internal void Tell(string path) =>
        tell?.Invoke($"{Printable.Escape(path)}: comes faster as chunks (Xet); continuing with these");

    private XetStore StoreOf(RepositoryId repository, CommitId commit)
    {
        lock (_stores)
        {
            return _stores.TryGetValue((repository, commit), out var known)
                ? known
                : _stores[(repository, commit)] = new XetStore(hub, repository, commit, options.StallTimeout);
        }
    }
}
