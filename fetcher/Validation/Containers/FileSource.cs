using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Validation.Containers;

/// <summary>The bytes of an open file; the handle stays the caller's.</summary>
internal sealed class FileSource(SafeFileHandle handle) : ByteSource
{
    public override long Length { get; } = RandomAccess.GetLength(handle);

    public override int Read(long position, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var read = RandomAccess.Read(handle, into[total..], position + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }
}
