using Microsoft.Win32.SafeHandles;

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

    public override int Read(long position, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var read = RandomAccess.Read(_handle, into[total..], position + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
