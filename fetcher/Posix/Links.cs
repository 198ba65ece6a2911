using System.Text;

namespace NixAiModels.Posix;

/// <summary>Where symbolic links lead.</summary>
internal static class Links
{
    private const int LongestPath = 4096; // PATH_MAX

    /// <summary>The bytes that a symbolic link holds.</summary>
    /// <exception cref="IOException">It is not there, or is not a link.</exception>
    internal static byte[] Read(RawPath path)
    {
        var target = new byte[LongestPath];
        var length = LibC.ReadLink(path.Terminated, target, target.Length);
        return length >= 0 ? target[..(int)length] : throw LibC.LastError();
    }

    /// <summary>The path with every link followed, or <see langword="null"/> if it leads nowhere.</summary>
    internal static string? Resolve(RawPath path)
    {
        var resolved = new byte[LongestPath + 1];
        return LibC.RealPath(path.Terminated, resolved) == 0
            ? null
            : Encoding.UTF8.GetString(resolved.AsSpan(0, resolved.AsSpan().IndexOf((byte)0)));
    }

    /// <summary>As <see cref="Resolve"/>, for a path of which only the first folders need be there.</summary>
    internal static string ResolveExisting(string path)
    {
        for (var existing = path; ; existing = Path.GetDirectoryName(existing) ?? "/")
        {
            if (Resolve(existing) is { } resolved)
                return resolved.TrimEnd('/') + path[existing.TrimEnd('/').Length..];
            if (existing == "/")
                return path;
        }
    }
}
