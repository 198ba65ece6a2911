using System.Text;

namespace NixAiModels.Posix;

/// <summary>A path as the bytes that the file system holds, which need not be UTF-8; .NET replaces those that are
/// not.</summary>
internal readonly struct RawPath
{
    private RawPath(byte[] terminated) => Terminated = terminated;

    /// <summary>The bytes with the zero that ends them for the C library.</summary>
    internal byte[] Terminated { get; }

    public static implicit operator RawPath(string path) => new(Encoding.UTF8.GetBytes(path + '\0'));

    /// <summary>The path of an entry of this folder.</summary>
    internal RawPath Join(byte[] name) => new([.. Terminated.AsSpan(..^1), (byte)'/', .. name, 0]);

    /// <summary>A path as bytes, such as a name that was read from a folder.</summary>
    internal static RawPath OfBytes(byte[] path) => new([.. path, 0]);

    /// <summary>All but the last name; <c>.</c> where there is one name.</summary>
    internal RawPath Folder => LastSlash is > 0 and var slash ? OfBytes(Terminated[..slash]) : ".";

    /// <summary>The last name.</summary>
    /// <exception cref="ArgumentException">It is <c>..</c>, or the path ends in a slash.</exception>
    internal RawPath Name => new(Checked(Terminated.AsSpan(LastSlash + 1)).ToArray());

    /// <summary>The names that the path is made of.</summary>
    /// <exception cref="ArgumentException">One of them is <c>..</c> or empty.</exception>
    internal List<RawPath> Names()
    {
        var names = new List<RawPath>();
        var bytes = Terminated.AsSpan(..^1);
        foreach (var range in bytes.Split((byte)'/'))
            names.Add(new RawPath(Checked([.. bytes[range], 0]).ToArray()));
        return names;
    }

    private int LastSlash => Terminated.AsSpan().LastIndexOf((byte)'/');

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> name) =>
        name is [0] or [(byte)'.', (byte)'.', 0] ? throw new ArgumentException("not a name in a folder") : name;

    /// <summary>The path for a message, on one line and without what could move the cursor.</summary>
    public override string ToString() =>
        Printable.Escape(Encoding.UTF8.GetString(Terminated.AsSpan(..^1)), Terminated.Length);
}
