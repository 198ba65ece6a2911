using System.Text;
using NixAiModels.Hub;
using NixAiModels.Paths;

namespace NixAiModels.Snapshots;

/// <summary>Refuses a listing that no honest hub sends, before a byte is written: what it names becomes paths on this
/// disk.</summary>
public static class ListingCheck
{
    // Linux' NAME_MAX and PATH_MAX, in bytes.
    private const int LongestName = 255;
    private const int LongestPath = 4096;

    private const long LargestTotal = 1L << 50;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Checks every entry, whether it will be selected or not.</summary>
    /// <param name="listing">The files that the hub listed.</param>
    /// <param name="source">Whose listing it is, for the message.</param>
    /// <exception cref="Failure">An entry is none that a git repository can have and this machine can hold
    /// (integrity).</exception>
    public static void Check(IReadOnlyList<HubFile> listing, string source = "the hub's listing")
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var file in listing)
        {
            if (WrongWithPath(file.Path) is { } path)
                throw Refused(source, file, path);
            if (!paths.Add(file.Path))
                throw Refused(source, file, "is listed twice");
            if (file.Size < 0)
                throw Refused(source, file, $"has a size of {file.Size} bytes");
            if (file.Size > LargestTotal - total)
                throw Refused(source, file, $"with its {file.Size} bytes makes the repository larger than 1 PiB");
            total += file.Size;
        }

        foreach (var file in listing)
        {
            for (var slash = file.Path.IndexOf('/'); slash >= 0; slash = file.Path.IndexOf('/', slash + 1))
            {
                if (paths.Contains(file.Path[..slash]))
                    throw Refused(source, file, $"has the file '{Printable.Escape(file.Path[..slash])}' for a folder");
            }
        }
    }

    private static string? WrongWithPath(string path)
    {
        if (!RelativePath.IsNormal(path))
            return WhyNotNormal(path);
        if (ByteCount(path) is not { } length)
            return "holds half a surrogate pair: it is not Unicode text";
        if (length > LongestPath)
            return $"is {length} bytes long, more than {LongestPath}";
        var names = path.Split('/');
        // Git takes it in no spelling: programs that are run in the folder would obey it.
        if (names.Any(name => name.Equals(".git", StringComparison.OrdinalIgnoreCase)))
            return "holds the name '.git', which no git repository can have";
        return names.Max(ByteCount) is { } longest and > LongestName
            ? $"holds a name of {longest} bytes, more than {LongestName}"
            : null;
    }

    private static string WhyNotNormal(string path)
    {
        if (path.Length == 0)
            return "is empty";
        if (path.Contains('\0'))
            return "holds a NUL";
        if (path[0] == '/')
            return "is absolute";
        if (path[^1] == '/')
            return "ends with a slash";
        var bad = path.Split('/').First(name => name is "" or "." or "..");
        return bad.Length == 0 ? "holds an empty name" : $"holds the name '{bad}'";
    }

    private static int? ByteCount(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static Failure Refused(string source, HubFile file, string why) =>
        new(
            ExitCode.Integrity,
            $"{source} is not to be trusted: the path '{Printable.Escape(file.Path)}' {why}",
            "nothing was written; check the endpoint, and report it to the repository's owner"
        );
}
