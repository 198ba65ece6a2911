namespace NixAiModels.Posix;

/// <summary>Refuses files that a file system takes for one: names that differ only in case (APFS, exFAT, SMB) or in the
/// form of their Unicode. Otherwise the second would be written over the first.</summary>
internal static class DistinctNames
{
    /// <summary>Fails where two paths, or the folders above them, are one.</summary>
    /// <param name="folder">A folder of the file system in which a folder may be made for the trial.</param>
    /// <param name="paths">The files.</param>
    /// <exception cref="Failure">Exit code 7.</exception>
    internal static void Require(string folder, IEnumerable<string> paths)
    {
        var doubtful = Doubtful(paths);
        if (doubtful.Count == 0)
            return;
        var trial = Path.Combine(folder, $".nix-ai-models-{Guid.NewGuid():N}");
        try
        {
            Require(folder, doubtful, path => TryMake(Path.Combine(trial, path)));
        }
        finally
        {
            if (Directory.Exists(trial))
                Directory.Delete(trial, recursive: true);
        }
    }

    /// <summary>As <see cref="Require(string, IEnumerable{string})"/>, by what makes an entry unless one is
    /// there.</summary>
    internal static void Require(string folder, IReadOnlyList<string> paths, Predicate<string> tryMake)
    {
        var made = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths)
        {
            if (tryMake(path))
            {
                made.Add(path);
                continue;
            }

            var other = made.TryGetValue(path, out var alike) ? $"'{Printable.Escape(alike)}'" : "another file";
            throw new Failure(
                ExitCode.LocalIO,
                $"'{Printable.Escape(path)}' and {other} are one on the file system of {folder}",
                "choose a folder on a case-sensitive file system; a download leaves one out with --exclude"
            );
        }
    }

    /// <summary>The paths, and folders above them, that some file system may take for another: those that are alike but
    /// for case, and those beyond ASCII.</summary>
    internal static IReadOnlyList<string> Doubtful(IEnumerable<string> paths)
    {
        var all = paths.SelectMany(WithFolders).ToHashSet(StringComparer.Ordinal);
        var beyondAscii = all.Where(path => !path.All(char.IsAscii)).ToList();
        return
        [
            .. all.GroupBy(path => path, StringComparer.OrdinalIgnoreCase)
                .Where(alike => alike.Skip(1).Any())
                .SelectMany(alike => alike)
                .Concat(beyondAscii.Count > 1 ? beyondAscii : [])
                .Distinct()
                .OrderBy(path => path.Length),
        ];
    }

    // Inode numbers do not tell: exFAT behind FUSE has two for one file.
    private static bool TryMake(string path)
    {
        if (FileStatus.FindEntry(path) is not null)
            return false;
        Directory.CreateDirectory(path);
        return true;
    }

    private static IEnumerable<string> WithFolders(string path)
    {
        for (var part = path; !string.IsNullOrEmpty(part); part = Path.GetDirectoryName(part))
            yield return part;
    }
}
