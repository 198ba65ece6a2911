using System.Buffers;

namespace NixAiModels.Transfer;

/// <summary>Reads a file once, while it arrives: its contiguous beginning comes from memory (the window, or the page
/// cache) while later ranges are on their way.</summary>
internal static class FileVerification
{
    // Large enough that handing a block to another thread costs nothing beside hashing it.
    private const int BlockSize = 1 << 20;

    /// <summary>Hashes the file from start to end, and hands every block to a consumer as well: the two see the same
    /// bytes. They run in parallel, and the next block is read meanwhile.</summary>
    /// <param name="file">The file.</param>
    /// <param name="consumer">Takes the blocks in order, or <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The digest, hexadecimal.</returns>
    public static async Task<string> HashAsync(
        FileDownload file,
        ByteConsumer? consumer,
        CancellationToken cancellation
    )
    {
        file.Content.Sink.Create();
        using var digest = file.Content.Digest.Begin(file.Content.Size);
        await ReadAsync(file, HashBlockAsync, cancellation);
        return ContentMismatch.Finish(digest);

        Task HashBlockAsync(ReadOnlyMemory<byte> block)
        {
            if (consumer is null)
            {
                digest.AppendData(block.Span);
                return Task.CompletedTask;
            }

            var hashing = Task.Run(() => digest.AppendData(block.Span), CancellationToken.None);
            try
            {
                consumer(block.Span);
            }
            catch
            {
                hashing.Wait(CancellationToken.None); // the buffer is in use until then
                throw;
            }

            return hashing;
        }
    }

    /// <summary>Reads the file from start to end, as far as it has arrived, and waits for the rest.</summary>
    /// <param name="file">The file.</param>
    /// <param name="consumer">Takes a block; it is done with it when the task that it returns has ended.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task ReadAsync(
        FileDownload file,
        Func<ReadOnlyMemory<byte>, Task> consumer,
        CancellationToken cancellation
    )
    {
        var (filled, spare) = (ArrayPool<byte>.Shared.Rent(BlockSize), ArrayPool<byte>.Shared.Rent(BlockSize));
        var consuming = Task.CompletedTask;
        try
        {
            var position = 0L;
            while (position < file.Content.Size)
            {
                var available = await file.AvailableAsync(position, cancellation);
                cancellation.ThrowIfCancellationRequested();
                var count = file.Content.Sink.Read(
                    filled.AsSpan(0, (int)Math.Min(BlockSize, available - position)),
                    position
                );
                if (count == 0)
                    throw new EndOfStreamException($"{file.Content.Sink.Name} became shorter while it was written");
                position += count;
                await consuming;
                file.Content.Sink.Release(position - count);
                var block = filled.AsMemory(0, count);
                consuming =
                    position < file.Content.Size
                        ? Task.Run(() => consumer(block), CancellationToken.None)
                        : consumer(block);
                (filled, spare) = (spare, filled);
            }

            await consuming;
            file.Content.Sink.Release(file.Content.Size);
        }
        finally
        {
            await consuming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filled);
            ArrayPool<byte>.Shared.Return(spare);
        }
    }
}
