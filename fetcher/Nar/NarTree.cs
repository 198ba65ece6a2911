using System.Buffers;

namespace NixAiModels.Nar;

/// <summary>Writes what is on disk as an archive.</summary>
public static class NarTree
{
    // Large enough that a read costs nothing beside the hash of what it read, small enough to stay in the processor's
    // cache.
    private const int BlockSize = 1 << 20;

    /// <summary>Writes a file, a directory with all that is in it, or a symbolic link (which is not followed), as
    /// <c>nix-store --dump</c> does. The next block of a file is read while the writer's sink takes the one
    /// before.</summary>
    /// <param name="path">The path; names in it may be any bytes that the file system holds.</param>
    /// <param name="writer">Where a node is due.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="Failure">The path is not there (not found); something cannot be read, is a pipe, socket or
    /// device, or changes while it is read (local I/O).</exception>
    public static Task WriteAsync(string path, NarWriter writer, CancellationToken cancellation = default) =>
        WriteNodeAsync(UnixFiles.ToBytes(path), writer, cancellation);

    private static async Task WriteNodeAsync(byte[] path, NarWriter writer, CancellationToken cancellation)
    {
        var (kind, executable, size) = UnixFiles.Look(path);
        switch (kind)
        {
            case UnixFiles.Kind.Directory:
                writer.BeginDirectory();
                foreach (var name in UnixFiles.ListDirectory(path))
                {
                    cancellation.ThrowIfCancellationRequested();
                    writer.BeginEntry(name);
                    await WriteNodeAsync(UnixFiles.Join(path, name), writer, cancellation);
                    writer.EndEntry();
                }

                writer.EndDirectory();
                break;

            case UnixFiles.Kind.Regular:
                writer.BeginFile(size, executable);
                await WriteContentAsync(path, size, writer, cancellation);
                writer.EndFile();
                break;

            case UnixFiles.Kind.Symlink:
                writer.Symlink(UnixFiles.ReadLink(path));
                break;

            default:
                throw new Failure(
                    ExitCode.LocalIO,
                    $"'{UnixFiles.ToText(path)}' is a pipe, a socket or a device: Nix cannot store it",
                    "remove it, or name a folder without it"
                );
        }
    }

    private static async Task WriteContentAsync(
        byte[] path,
        long size,
        NarWriter writer,
        CancellationToken cancellation
    )
    {
        using var file = UnixFiles.Open(path);
        var hashed = ArrayPool<byte>.Shared.Rent(BlockSize);
        var filled = ArrayPool<byte>.Shared.Rent(BlockSize);
        var reading = Task.FromResult(0);
        try
        {
            // A small file is read at once: handing it to another thread would take longer.
            if (size > 0)
                reading = Task.FromResult(RandomAccess.Read(file, filled.AsSpan(0, BlockSize), 0));
            long offset = 0;
            while (offset < size)
            {
                var count = (int)Math.Min(await reading, size - offset);
                if (count == 0)
                    throw Changed(path);

                offset += count;
                (hashed, filled) = (filled, hashed);
                if (offset < size)
                {
                    reading = RandomAccess
                        .ReadAsync(file, filled.AsMemory(0, BlockSize), offset, cancellation)
                        .AsTask();
                }

                writer.Content(hashed.AsSpan(0, count));
            }
        }
        catch (IOException error)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"cannot read '{UnixFiles.ToText(path)}': {error.Message}",
                cause: error
            );
        }
        finally
        {
            // The buffers and the file are in use until the last read has ended, however it ends.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(hashed);
            ArrayPool<byte>.Shared.Return(filled);
        }
    }

    private static Failure Changed(byte[] path) =>
        new(
            ExitCode.LocalIO,
            $"'{UnixFiles.ToText(path)}' became shorter while it was read",
            "wait until nothing writes to it any more and try again"
        );
}
