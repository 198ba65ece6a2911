namespace NixAiModels.TestHub;

/// <summary>A repository: a folder with a folder for each revision. It is read again for every request, so that tests
/// may change it.</summary>
internal sealed class Repository(RepositoryKey key, string folder, RepositorySettings settings, HubFolder hub)
{
    public RepositoryKey Key => key;
    public RepositorySettings Settings => settings;

    /// <summary>Names of branches (each has a folder, or an alias in repo.json).</summary>
    public IEnumerable<string> Branches =>
        Folders.Keys.Concat(settings.Branches.Keys).Distinct().Order(StringComparer.Ordinal);

    /// <summary>The folders by revision; a slash in its name is written %2F.</summary>
    private Dictionary<string, string> Folders =>
        Directory.EnumerateDirectories(folder).ToDictionary(path => Uri.UnescapeDataString(Path.GetFileName(path)));

    /// <summary>The snapshot of a branch, tag or commit, or null.</summary>
    public Snapshot? At(string revision)
    {
        var name =
            settings.Branches.GetValueOrDefault(revision)
            ?? settings.Tags.GetValueOrDefault(revision)
            ?? (revision == "HEAD" ? "main" : revision);
        var folders = Folders;
        if (folders.TryGetValue(name, out var path))
            return Read(path);
        return revision.Length == 40
            ? folders.Values.Select(Read).FirstOrDefault(snapshot => snapshot.Commit == revision)
            : null;
    }

    /// <summary>One file of a revision. For a commit that was read before, only that file is read, whatever the
    /// repository's size.</summary>
    public (Snapshot Snapshot, Entry? Entry)? At(string revision, string path)
    {
        if (
            hub.Known.TryGetValue((folder, revision), out var known)
            && known.Entries.GetValueOrDefault(path) is { DiskFile: { } before } entry
            && new FileInfo(before.FullName) is { Exists: true } now
            && now.Length == before.Length
            && now.LastWriteTimeUtc == before.LastWriteTimeUtc
            && ContentHashes.IsSettled(now.LastWriteTimeUtc)
        )
        {
            return (known, entry);
        }

        return At(revision) is { } snapshot ? (snapshot, snapshot.Entries.GetValueOrDefault(path)) : null;
    }

    private Snapshot Read(string path)
    {
        var snapshot = new Snapshot(path, settings, hub.Hashes);
        hub.Known[(folder, snapshot.Commit)] = snapshot;
        return snapshot;
    }
}
