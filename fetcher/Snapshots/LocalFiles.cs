using Microsoft.Win32.SafeHandles;
using NixAiModels.Hub;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Files of this machine that may be what a hub lists: the blobs of Hugging Face caches, whose names are the
/// digests of their bytes (huggingface_hub, "Understand caching"), and the files of any other folder by their
/// size.</summary>
/// <remarks>Nothing here is believed: whatever is taken is hashed like a download. No link below the folders is
/// followed, and only regular files of this user or of root are opened.</remarks>
public sealed class LocalFiles
{
    private const int Deepest = 32;

    private readonly (string Folder, Lazy<ILookup<string, string>> Blobs)[] _caches;
    private readonly (string Folder, Lazy<ILookup<long, string>> Files)[] _folders;

    /// <summary>Names folders; they are read when a file is first looked for.</summary>
    /// <param name="caches">Hugging Face caches, such as <c>~/.cache/huggingface/hub</c>; they need not exist.</param>
    /// <param name="folders">Other folders, of which every file may be taken.</param>
    public LocalFiles(IEnumerable<string> caches, IEnumerable<string> folders)
    {
        _caches = [.. caches.Select(cache => (cache, new Lazy<ILookup<string, string>>(() => BlobsOf(cache))))];
        _folders = [.. folders.Select(folder => (folder, new Lazy<ILookup<long, string>>(() => FilesOf(folder))))];
    }

    /// <summary>The files of this process's user: its Hugging Face cache, and folders that it names.</summary>
    /// <param name="folders">The other folders.</param>
    /// <exception cref="Failure">A folder does not exist (exit code 7).</exception>
    public static LocalFiles OfUser(IEnumerable<string> folders)
    {
        string[] given = [.. folders.Select(folder => Path.GetFullPath(folder))];
        if (Array.Find(given, folder => !Directory.Exists(folder)) is { } missing)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"no such folder: {Printable.Escape(missing, int.MaxValue)}",
                ShellText.Command(["ls", "-d", missing])
            );
        }

        return new LocalFiles(HubCacheFolder.Find(EnvironmentVariables.OfProcess) is { } cache ? [cache] : [], given);
    }

    /// <summary>Opens a file that has a listed file's content, by its name or by its bytes.</summary>
    /// <param name="file">The listed file.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>An open file of the listed size, with the folder that it was found in; <see langword="null"/> if there
    /// is none.</returns>
    internal (SafeFileHandle File, string Folder)? Find(HubFile file, CancellationToken cancellation)
    {
        if (file.Size == 0)
            return null;
        foreach (var (folder, blobs) in _caches)
        {
            foreach (var path in blobs.Value[file.Digest.Hex])
            {
                if (TryOpen(folder, path, file.Size) is { } open)
                    return (open, folder);
            }
        }

        foreach (var (folder, files) in _folders)
        {
            foreach (var path in files.Value[file.Size].OrderByDescending(path => Likeness(path, file)))
            {
                if (TryOpen(folder, path, file.Size) is not { } open)
                    continue;
                // Parts of one model often have the same size.
                if (IsNamed(path, file) || IsRight(open, file, cancellation))
                    return (open, folder);
                open.Dispose();
            }
        }

        return null;
    }

    /// <summary>Whether a cache has files of a repository, at whatever revision.</summary>
    internal bool HasRepository(RepositoryId repository)
    {
        var folder = repository.CacheName + "/";
        return _caches.Any(cache =>
            cache.Blobs.Value.Any(blob => blob.Any(path => path.StartsWith(folder, StringComparison.Ordinal)))
        );
    }

    private static int Likeness(string path, HubFile file) =>
        IsNamed(path, file) ? 3
        : path.EndsWith(file.Path, StringComparison.Ordinal) ? 2
        : Path.GetFileName(path) == Path.GetFileName(file.Path) ? 1
        : 0;

    private static bool IsNamed(string path, HubFile file) => path.EndsWith(file.Digest.Hex, StringComparison.Ordinal);

    private static bool IsRight(SafeFileHandle open, HubFile file, CancellationToken cancellation)
    {
        using var step = Heartbeat.Step($"looking for {Printable.Escape(file.Path)} among local files");
        using var hash = file.Digest.Begin(file.Size);
        var buffer = new byte[1 << 20];
        var position = 0L;
        while (RandomAccess.Read(open, buffer, position) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, count));
            position += count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Digest.Hex;
    }

    private static SafeFileHandle? TryOpen(string folder, string path, long size)
    {
        try
        {
            using var open = FolderHandle.Open(folder);
            var file = open?.OpenRegular(path);
            if (file is null)
                return null;
            var status = FileStatus.Of(file);
            if (status.Size == size && (status.Owner == LibC.EffectiveUser() || status.Owner == 0))
                return file;
            file.Dispose();
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            // It is downloaded.
        }

        return null;
    }

    /// <summary>The paths of a cache's blobs by their names.</summary>
    private static ILookup<string, string> BlobsOf(string cache) =>
        Read(cache, open => Names(open, ".").SelectMany(repository => Names(open, $"{repository}/blobs", repository)))
            .ToLookup(path => Path.GetFileName(path), StringComparer.Ordinal);

    /// <summary>The paths of a folder's files by their sizes.</summary>
    private static ILookup<long, string> FilesOf(string folder)
    {
        using var step = Heartbeat.Step($"looking through {folder}");
        return Read(folder, open => Below(open, "", Deepest)).ToLookup(file => file.Size, file => file.Path);
    }

    private static IEnumerable<string> Names(FolderHandle open, string folder, string repository) =>
        repository.Contains("--", StringComparison.Ordinal)
            ? Names(open, folder).Select(name => $"{folder}/{name}")
            : [];

    private static IEnumerable<(long Size, string Path)> Below(FolderHandle open, string folder, int depth)
    {
        foreach (var name in Names(open, folder.Length == 0 ? "." : folder))
        {
            var path = folder.Length == 0 ? name : $"{folder}/{name}";
            var entry = open.Entry(path);
            if (entry is { Kind: FileKind.Regular } file)
            {
                yield return (file.Size, path);
            }
            else if (entry is { Kind: FileKind.Folder } && depth > 0)
            {
                foreach (var deeper in Below(open, path, depth - 1))
                    yield return deeper;
            }
        }
    }

    /// <summary>The names in a folder; none where it is missing, a link, or not to be read.</summary>
    private static List<string> Names(FolderHandle open, string folder)
    {
        try
        {
            return open.NamesIn(folder);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return [];
        }
    }

    private static T[] Read<T>(string folder, Func<FolderHandle, IEnumerable<T>> read)
    {
        try
        {
            using var open = FolderHandle.Open(folder);
            return open is null ? [] : [.. read(open)];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return [];
        }
    }
}
