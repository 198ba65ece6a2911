using NixAiModels.Posix;

namespace NixAiModels.Tests.Cache;

/// <summary>What a cache looks like, to be compared and judged as clients judge it.</summary>
internal static class CacheView
{
    /// <summary>Every entry with what it is and when it was changed.</summary>
    internal static string[] Exactly(string folder) =>
        [.. Entries(folder).Select(entry => $"{Line(folder, entry)} {entry.LastWriteTimeUtc.Ticks}")];

    /// <summary>Every entry with what it is.</summary>
    internal static string[] Of(string folder) => [.. Entries(folder).Select(entry => Line(folder, entry))];

    /// <summary>What a client's scan would warn of: links that lead nowhere, refs to no snapshot, folders without
    /// snapshots.</summary>
    internal static string[] Complaints(string hub)
    {
        if (!Directory.Exists(hub))
            return [];
        var complaints = new List<string>();
        foreach (var repository in Directory.GetDirectories(hub))
        {
            var snapshots = Path.Combine(repository, "snapshots");
            // A folder that was only just begun holds nothing that a client could miss.
            if (!Directory.Exists(snapshots) && Directory.Exists(Path.Combine(repository, "refs")))
                complaints.Add($"no {snapshots}");
            foreach (var entry in Entries(repository))
            {
                if (entry.LinkTarget is not null && !FileStatus.Exists(entry.FullName))
                    complaints.Add($"broken {entry.FullName}");
            }

            var refs = Path.Combine(repository, "refs");
            if (!Directory.Exists(refs))
                continue;
            foreach (var file in Directory.GetFiles(refs, "*", SearchOption.AllDirectories))
            {
                var commit = File.ReadAllText(file);
                if (!FileStatus.Exists(Path.Combine(snapshots, commit)))
                    complaints.Add($"{file} leads to {commit}, which is not there");
            }
        }

        return [.. complaints];
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder)
                .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
            : [];

    private static string Line(string folder, FileSystemInfo entry)
    {
        var path = Path.GetRelativePath(folder, entry.FullName);
        return entry.LinkTarget is { } target ? $"{path} -> {target}"
            : entry is DirectoryInfo ? $"{path}/"
            : $"{path}: {File.ReadAllText(entry.FullName)}";
    }
}
