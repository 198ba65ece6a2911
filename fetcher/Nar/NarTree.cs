using System.Buffers;
using NixAiModels.Posix;

namespace NixAiModels.Nar;

/// <summary>Writes a file or folder on disk as an archive.</summary>
public static class NarTree
{
    // Large enough that a read costs nothing beside the hash of what it read, small enough to stay in the processor's
    // cache.
    private const int BlockSize = 1 << 20;

    /// <summary>Writes a file, a directory with all that is in it, or a symbolic link (which is not followed), as
    /// <c>nix-store --dump</c> does. The next block of a file is read while the writer's sink takes the one
    /// before.</summary>
    /// <param name="path">The path; names in it may be any bytes that the file system holds.</param>
    /// <param name="writer">A writer that expects a node.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="Failure">Exit code 7: something is missing, cannot be read, is a pipe, a socket or a device, or
    /// becomes shorter while it is read.</exception>
    public static Task WriteAsync(string path, NarWriter writer, CancellationToken cancellation = default) =>
        WriteAsync(path, writer, follow: null, cancellation);

    /// <summary>As <see cref="WriteAsync(string, NarWriter, CancellationToken)"/>, with the files that links stand
    /// for.</summary>
    /// <param name="path">The path.</param>
    /// <param name="writer">A writer that expects a node.</param>
    /// <param name="follow">Gives the file that a link stands for; <see langword="null"/> writes links as
    /// links.</param>
    /// <param name="cancellation">Ends the walk.</param>
    internal static async Task WriteAsync(
        RawPath path,
        NarWriter writer,
        Func<RawPath, RawPath>? follow,
        CancellationToken cancellation
    )
    {
        var status = Try(path, FileStatus.OfEntry);
        if (status.Kind == FileKind.Link && follow is not null)
        {
            path = follow(path);
            status = Try(path, FileStatus.OfEntry);
        }

        switch (status.Kind)
        {
            case FileKind.Folder:
                writer.BeginDirectory();
                foreach (var name in Try(path, FolderNames.In))
                {
                    cancellation.ThrowIfCancellationRequested();
                    writer.BeginEntry(name);
                    await WriteAsync(path.Join(name), writer, follow, cancellation);
                    writer.EndEntry();
                }

                writer.EndDirectory();
                break;

            case FileKind.Regular:
                writer.BeginFile(status.Size, status.Mode.HasFlag(UnixFileMode.UserExecute));
                await WriteContentAsync(path, status.Size, writer, cancellation);
                writer.EndFile();
                break;

            case FileKind.Link:
                writer.Symlink(Try(path, Links.Read));
                break;

            default:
                throw new Failure(
                    ExitCode.LocalIO,
                    $"neither a file, a folder nor a link, which is all that Nix can store: {path}",
                    $"ls -l '{path}'"
                );
        }
    }

    private static async Task WriteContentAsync(
        RawPath path,
        long size,
        NarWriter writer,
        CancellationToken cancellation
    )
    {
        using var file = Try(path, OpenFile.ForReading);
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
            throw LocalFailure.Of(error, path.ToString());
        }
        finally
        {
            // The buffers and the file are in use until the last read has ended, however it ends.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(hashed);
            ArrayPool<byte>.Shared.Return(filled);
        }
    }

    private static T Try<T>(RawPath path, Func<RawPath, T> call)
    {
        try
        {
            return call(path);
        }
        catch (Exception error) when (LocalFailure.Matches(error))
        {
            throw LocalFailure.Of(error, path.ToString());
        }
    }

    private static Failure Changed(RawPath path) =>
        new(
            ExitCode.LocalIO,
            $"became shorter while it was read: {path}",
            "wait until nothing writes to it any more, and run the same command again"
        );
}
