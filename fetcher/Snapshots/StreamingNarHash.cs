using System.Buffers;
using System.Runtime.CompilerServices;
using NixAiModels.Nar;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Hashes a snapshot as a NAR while it is downloaded.</summary>
internal static class StreamingNarHash
{
    private const int BlockSize = 1 << 20;

    /// <summary>Follows files in NAR order and hashes them.</summary>
    /// <param name="files">The files, in NAR order.</param>
    /// <param name="cancellation">Ends the hashing.</param>
    /// <returns>The hash, or <see langword="null"/> if a file was hashed whose bytes turned out to be wrong.</returns>
    public static async Task<NixHash?> Of(IReadOnlyList<FileDownload> files, CancellationToken cancellation)
    {
        var downloads = files.ToDictionary(file => file.Content.Path, StringComparer.Ordinal);
        var generations = files.ToDictionary(file => file, file => file.Generation);
        await Task.Yield();
        var hash = await NarHash.OfSnapshot(
            files.Select(file => new NarFile(file.Content.Path, file.Content.Size)),
            (file, token) => Content(downloads[file.Path], token),
            cancellation);
        return files.All(file => file.Generation == generations[file]) ? hash : null;
    }

    /// <summary>The bytes of a file as far as they have arrived, read back from the page cache.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Content(
        FileDownload file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (file.Content.Size == 0) yield break;
        var position = 0L;
        var available = await file.Available(position, cancellation);
        using var handle = File.OpenHandle(file.Content.Destination, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (position < file.Content.Size)
            {
                if (position >= available) available = await file.Available(position, cancellation);
                var count = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(BlockSize, available - position)), position);
                if (count == 0) throw new EndOfStreamException($"{file.Content.Destination} became shorter while it was written");
                yield return buffer.AsMemory(0, count);
                position += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
