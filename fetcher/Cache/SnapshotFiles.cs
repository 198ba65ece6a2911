namespace NixAiModels.Cache;

/// <summary>The files of a snapshot in the store.</summary>
internal static class SnapshotFiles
{
    /// <summary>The paths of all files in a folder, relative to it and ordered; a link is a file, whatever it leads
    /// to.</summary>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read.</exception>
    internal static List<string> Of(string raw)
    {
        var files = new List<string>();
        Add("");
        files.Sort(StringComparer.Ordinal);
        return files;

        void Add(string below)
        {
            try
            {
                foreach (var entry in new DirectoryInfo(Path.Join(raw, below)).EnumerateFileSystemInfos())
                {
                    var path = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
                    if (entry is DirectoryInfo && entry.LinkTarget is null)
                        Add(path);
                    else
                        files.Add(path);
                }
            }
            catch (Exception exception) when (LocalFailure.Matches(exception))
            {
                throw LocalFailure.Of(exception, raw);
            }
        }
    }
}
