using System.Buffers;

namespace NixAiModels.Transfer;

/// <summary>Hashes a file of several ranges while they arrive: its contiguous beginning is read back from memory (the
/// window or the page cache) while later ranges are being downloaded.</summary>
internal static class FileVerification
{
    private const int BlockSize = 1 << 20;

    /// <summary>Hashes the file from start to end.</summary>
    /// <returns>The digest, hexadecimal.</returns>
    public static async Task<string> HashAsync(FileDownload file, CancellationToken cancellation)
    {
        file.Content.Sink.Create();
        using var hash = file.Content.Digest.Begin(file.Content.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var position = 0L;
            while (position < file.Content.Size)
            {
                var available = await file.AvailableAsync(position, cancellation);
                while (position < available)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var count = file.Content.Sink.Read(
                        buffer.AsSpan(0, (int)Math.Min(BlockSize, available - position)),
                        position
                    );
                    if (count == 0)
                        throw new EndOfStreamException($"{file.Content.Sink.Name} became shorter while it was written");
                    hash.AppendData(buffer, 0, count);
                    position += count;
                }
            }

            return ContentMismatch.Finish(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
