namespace NixAiModels.Posix;

/// <summary>A folder of links that is being made.</summary>
internal static class LinkFolder
{
    /// <summary>Makes a link, and the folders above it.</summary>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="path">The link's path in it.</param>
    /// <param name="target">What the link holds.</param>
    /// <exception cref="IOException">There is something already, or the file system refused.</exception>
    internal static void Add(string folder, string path, string target)
    {
        var link = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
    }
}
