using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Makes a NAR of a snapshot while it is downloaded, and hashes it.</summary>
internal static class StreamingNarHash
{
    private const int BlockSize = 1 << 20;

    /// <summary>Follows files in NAR order and hashes them.</summary>
    /// <param name="files">The files, in NAR order.</param>
    /// <param name="cancellation">Ends the hashing.</param>
    /// <returns>The hash, or <see langword="null"/> if a file was hashed whose bytes turned out to be wrong.</returns>
    public static async Task<NixHash?> OfAsync(IReadOnlyList<FileDownload> files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var generations = files.ToDictionary(file => file, file => file.Generation);
        await WriteAsync(files, hash.AppendData, cancellation);
        return files.All(file => file.Generation == generations[file])
            ? NixHash.OfDigest(hash.GetHashAndReset())
            : null;
    }

    /// <summary>Follows files in NAR order and archives them.</summary>
    /// <param name="files">The files, in NAR order.</param>
    /// <param name="sink">Where the archive goes.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task WriteAsync(IReadOnlyList<FileDownload> files, NarSink sink, CancellationToken cancellation)
    {
        var downloads = files.ToDictionary(file => file.Content.Path, StringComparer.Ordinal);
        await Task.Yield();
        await NarSnapshot.WriteAsync(
            files.Select(file => new NarFile(file.Content.Path, file.Content.Size)),
            (file, token) => ContentAsync(downloads[file.Path], token),
            new NarWriter(sink),
            cancellation
        );
    }

    /// <summary>The bytes of a file as far as they have arrived.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ContentAsync(
        FileDownload file,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (file.Content.Size == 0)
            yield break;
        var position = 0L;
        var available = await file.AvailableAsync(position, cancellation);
        using var reader = file.Content.Sink.OpenReader();
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (position < file.Content.Size)
            {
                if (position >= available)
                    available = await file.AvailableAsync(position, cancellation);
                var count = reader.Read(buffer.AsSpan(0, (int)Math.Min(BlockSize, available - position)), position);
                if (count == 0)
                    throw new EndOfStreamException($"{file.Content.Sink.Name} became shorter while it was written");
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
