using System.Text;

namespace NixAiModels.TestHub;

/// <summary>A file or folder of a snapshot.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="DiskFile">The file on disk; null for a folder.</param>
/// <param name="Size">In bytes; 0 for a folder.</param>
/// <param name="Oid">Git's id: of the blob, of the LFS pointer, of the tree.</param>
/// <param name="Sha256">Lower hex, where the file is in LFS.</param>
internal sealed record Entry(string Path, FileInfo? DiskFile, long Size, string Oid, string? Sha256)
{
    /// <summary>The pointer that git has instead of an LFS file (git-lfs specification, "The Pointer").</summary>
    public byte[] Pointer => PointerText(Sha256!, Size);

    public static byte[] PointerText(string sha256, long size) =>
        Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n");
}

/// <summary>The files of a revision, read from a folder; the commit's id is computed from them.</summary>
internal sealed class Snapshot
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly RepositorySettings _settings;
    private readonly ContentHashes _hashes;

    public Snapshot(string folder, RepositorySettings settings, ContentHashes hashes)
    {
        _settings = settings;
        _hashes = hashes;
        Commit = GitObjects.CommitId(Read(new DirectoryInfo(folder), ""));
    }

    /// <summary>40 hex digits.</summary>
    public string Commit { get; }

    /// <summary>Files and folders by path, sorted.</summary>
    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    private string Read(DirectoryInfo folder, string prefix)
    {
        var tree = new List<(string, string, string)>();
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var path = prefix + item.Name;
            if (item is DirectoryInfo sub)
            {
                var before = _entries.Count;
                var id = Read(sub, path + "/");
                if (_entries.Count == before)
                    continue; // Git has no empty folders.
                _entries.Add(path, new Entry(path, null, 0, id, null));
                tree.Add(("40000", item.Name, id));
            }
            // Links are followed, so that a large file need not be copied into the folder.
            else if ((item.ResolveLinkTarget(returnFinalTarget: true) ?? item) is FileInfo { Exists: true } file)
            {
                var entry = Describe(path, file);
                _entries.Add(path, entry);
                tree.Add((Mode(path, file), item.Name, entry.Oid));
            }
        }
        return GitObjects.TreeId(tree);
    }

    private Entry Describe(string path, FileInfo file)
    {
        if (!_settings.IsLfs(path, file.Length))
            return new Entry(path, file, file.Length, _hashes.BlobId(file), null);
        var sha256 = _hashes.Sha256(file);
        return new Entry(
            path,
            file,
            file.Length,
            GitObjects.Id("blob", Entry.PointerText(sha256, file.Length)),
            sha256
        );
    }

    private string Mode(string path, FileInfo file) =>
        _settings.IsExecutable(path) || file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? "100755" : "100644";
}
