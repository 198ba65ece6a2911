using System.Text.RegularExpressions;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Cache;

/// <summary>The links of a Hugging Face cache as the files that they stand for. A client keeps each file in
/// <c>models--ORG--NAME/blobs</c> and makes <c>snapshots/REVISION</c> of links to them.</summary>
internal static partial class SnapshotLinks
{
    /// <summary>How to follow the links of a folder, or of one file, of a snapshot.</summary>
    /// <param name="path">A path; a link at its end is not followed.</param>
    /// <returns>What gives the file that a link stands for, and refuses links that leave the repository's folder;
    /// <see langword="null"/> where the path is not in a snapshot.</returns>
    internal static Func<RawPath, RawPath>? In(string path)
    {
        var match = Snapshot().Match(Place(path));
        return match.Success ? link => Follow(link, match.Groups[1].Value, path) : null;
    }

    /// <summary>A warning where somebody who hashes this path probably means the files that its links stand
    /// for.</summary>
    /// <param name="path">A path that is not in a snapshot.</param>
    internal static string? Warning(string path)
    {
        var place = Place(path);
        if (
            FileStatus.FindEntry(place) is { Kind: FileKind.Link }
            && Links.Resolve(place) is { } target
            && Snapshot().IsMatch(target)
        )
        {
            return $"hashing the link itself, not the files: {Printable.Escape(path)}; for those: {Hash(target)}";
        }

        var isCache =
            Repository().IsMatch(place)
            || (Directory.Exists(place) && Directory.EnumerateDirectories(place, "models--*").Any());
        return isCache
            ? $"hashing a Hugging Face cache with its links: {Printable.Escape(path)}; "
                + $"for the files of a model: {Hash("models--ORG--NAME/snapshots/REVISION")}"
            : null;
    }

    private static RawPath Follow(RawPath link, string repository, string asked)
    {
        var target =
            Links.Resolve(link)
            ?? throw new Failure(
                ExitCode.LocalIO,
                $"the link leads nowhere: {link}",
                "hf download ORG/NAME   # completes the snapshot"
            );
        if (target.StartsWith(repository + "/", StringComparison.Ordinal))
        {
            return FileStatus.FindEntry(target) is { Kind: FileKind.Regular }
                ? target
                : throw new Failure(ExitCode.LocalIO, $"the link does not lead to a file: {link}", $"ls -l '{link}'");
        }

        var isWhole = FileStatus.Find(target) is { Kind: FileKind.Folder };
        throw new Failure(
            ExitCode.LocalIO,
            $"the link leads out of the cache's repository: {link} -> {Printable.Escape(target)}",
            isWhole
                ? Hash(target)
                : $"{ShellText.Command(["cp", "-rL", asked, "copy"])} && {Hash("copy")}   # if the files are meant"
        );
    }

    private static string Hash(string path) => ShellText.Command(["nix-ai-models", "hash", path]);

    /// <summary>The absolute path, with links followed above its end.</summary>
    private static string Place(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var parent = Path.GetDirectoryName(full);
        return parent is null ? full : Path.Combine(Links.Resolve(parent) ?? parent, Path.GetFileName(full));
    }

    [GeneratedRegex(
        @"\A(.*/(?:models|datasets|spaces|kernels)--[^/]+)/snapshots/[^/]+(?:/.*)?\z",
        RegexOptions.Singleline
    )]
    private static partial Regex Snapshot();

    [GeneratedRegex(@"/(?:models|datasets|spaces|kernels)--[^/]+(?:/snapshots)?\z", RegexOptions.Singleline)]
    private static partial Regex Repository();
}
