using System.Collections.Concurrent;

namespace NixAiModels.TestHub;

/// <summary>The served folder: <c>ROOT/models|datasets|spaces|kernels/[ORG/]NAME/REVISION/…</c>.</summary>
internal sealed class HubFolder(string root)
{
    private readonly Dictionary<string, (string Text, RepositorySettings Settings)> _settings = new();

    public ContentHashes Hashes { get; } = new();

    /// <summary>The snapshots read so far, by repository folder and commit.</summary>
    public ConcurrentDictionary<(string Folder, string Commit), Snapshot> Known { get; } = new();

    public Repository? Find(RepositoryKey key)
    {
        // A name with a dot segment, or an absolute one, must not lead out of the root.
        if (key.Name.Split('/').Any(part => part is "" or "." or ".." || part.Contains('\0', StringComparison.Ordinal)))
            return null;
        var folder = Path.Combine(root, key.Type, key.Name);
        return IsRepository(folder) ? new Repository(key, folder, Settings(folder), this) : null;
    }

    /// <summary>The tokens of all repositories.</summary>
    public IEnumerable<string> KnownTokens() =>
        Directory
            .EnumerateFiles(
                root,
                "repo.json",
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }
            )
            .SelectMany(file => Settings(Path.GetDirectoryName(file)!).KnownTokens);

    /// <summary>The folder of an organisation has neither.</summary>
    private static bool IsRepository(string folder) =>
        File.Exists(Path.Combine(folder, "repo.json")) || Directory.Exists(Path.Combine(folder, "main"));

    /// <summary>The same object while the file is unchanged, because its faults count.</summary>
    private RepositorySettings Settings(string folder)
    {
        var file = Path.Combine(folder, "repo.json");
        var text = File.Exists(file) ? File.ReadAllText(file) : "{}";
        lock (_settings)
        {
            if (!_settings.TryGetValue(folder, out var known) || known.Text != text)
                _settings[folder] = known = (text, RepositorySettings.Parse(text, file));
            return known.Settings;
        }
    }
}
