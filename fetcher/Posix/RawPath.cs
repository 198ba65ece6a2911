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

    /// <summary>The path for a message, on one line and without what could move the cursor.</summary>
    public override string ToString() =>
        Printable.Escape(Encoding.UTF8.GetString(Terminated.AsSpan(..^1)), Terminated.Length);
}
