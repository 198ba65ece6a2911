using Microsoft.Win32.SafeHandles;
using NixAiModels.Posix;

namespace NixAiModels.Validation.Containers;

/// <summary>The bytes of a file.</summary>
internal sealed class FileSource : ByteSource, IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens a file for reading.</summary>
    public FileSource(string path)
    {
        _handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(_handle);
    }

    public override long Length { get; }

    public override int Read(long position, Span<byte> into) => FullRead.Of(_handle, into, position);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
