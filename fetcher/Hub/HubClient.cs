using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>The Hub: revisions, listings, files.</summary>
public sealed class HubClient : IDisposable
{
    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="endpoint">Where the Hub is.</param>
    /// <param name="token">The token that is sent to the endpoint and nowhere else; <see langword="null"/> for none.</param>
    /// <param name="options">How the Hub is spoken to.</param>
    /// <exception cref="Failure">A proxy variable or the file of certificates is of no use (exit codes 2 and 7).</exception>
    public HubClient(HubEndpoint endpoint, HubToken? token, HubOptions options)
    {
    }

    /// <summary>Finds the commit of a revision.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, tag, ref or commit.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="HubFailure">There is no such revision or repository, or it cannot be had.</exception>
    public Task<Revision> ResolveRevision(RepositoryId repository, string revision, CancellationToken cancellation) =>
        throw new NotSupportedException();

    /// <summary>Lists all files of a commit.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>Every file that the Hub lists, in its order; the paths have not been checked.</returns>
    /// <exception cref="HubFailure">The listing cannot be had whole.</exception>
    public Task<IReadOnlyList<HubFile>> ListFiles(RepositoryId repository, string commit, CancellationToken cancellation) =>
        throw new NotSupportedException();

    /// <summary>A file to be transferred; nothing is sent yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file, from <see cref="ListFiles"/> of that commit.</param>
    public IRemoteFile Open(RepositoryId repository, string commit, HubFile file) => throw new NotSupportedException();

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
    }
}
