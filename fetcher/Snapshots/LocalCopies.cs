using NixAiModels.Hub;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Puts copies of this machine's files where a download would write, before it begins. The download finds them
/// complete, hashes them like what it has fetched, and fetches those that are wrong.</summary>
/// <param name="local">The files.</param>
internal sealed class LocalCopies(LocalFiles local)
{
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>The paths of the listed files that were placed.</summary>
    internal IReadOnlyCollection<string> Paths => _folders.Keys;

    /// <summary>The folders that they were found in.</summary>
    internal IEnumerable<string> Folders => _folders.Values.Distinct();

    /// <summary>Places a copy of a listed file, unless the file is there.</summary>
    /// <param name="file">The listed file.</param>
    /// <param name="destination">Where the download would write it; its folder exists.</param>
    /// <param name="journal">The download's record of what has arrived; without one the file counts as
    /// complete.</param>
    /// <param name="cancellation">Ends the copy.</param>
    /// <exception cref="Failure">Exit code 7: it cannot be written.</exception>
    internal void Place(HubFile file, string destination, string journal, CancellationToken cancellation)
    {
        try
        {
            var there = FileStatus.FindEntry(destination);
            if (there?.Size == file.Size && !File.Exists(journal))
                return;
            if (local.Find(file, cancellation) is not { } found)
                return;
            using var open = found.File;
            using var step = Heartbeat.Step($"copying {Printable.Escape(file.Path)} from {found.Folder}");
            if (there is not null)
                File.Delete(destination);
            FileClone.Copy(open, destination, cancellation);
            // Last: without it the file counts as complete.
            File.Delete(journal);
            _folders[file.Path] = found.Folder;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, destination);
        }
    }
}
