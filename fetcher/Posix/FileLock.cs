using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NixAiModels.Terminal;

namespace NixAiModels.Posix;

/// <summary>Keeps a file or a folder to one process at a time (<c>flock(2)</c>); the kernel lets go when the process
/// ends, however it ends.</summary>
/// <remarks>Whoever holds the lock may remove the file: those who waited for it notice that it is not the one at the
/// path any more, and start again with that one.</remarks>
internal sealed class FileLock : IDisposable
{
    private const int Exclusive = 2, // LOCK_EX
        DoNotWait = 4, // LOCK_NB
        Unlock = 8; // LOCK_UN

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock; says once whom it waits for.</summary>
    /// <param name="path">A folder, or a file, which is made where it is missing; its folder must be there.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="longest">The longest wait; a day where it is not given.</param>
    /// <exception cref="Failure">Exit code 7: it cannot be opened, the file system has no locks, or the other process
    /// did not let go of it in time.</exception>
    internal static async Task<FileLock> TakeAsync(
        string path,
        CancellationToken cancellation,
        TimeSpan? longest = null
    )
    {
        var deadline = DateTime.UtcNow + (longest ?? LongestWait);
        var isSaid = false;
        while (true)
        {
            if (TryTake(path, out var holder) is { } taken)
                return taken;
            if (holder is not null && DateTime.UtcNow > deadline)
            {
                throw new Failure(
                    ExitCode.LocalIO,
                    $"locked by {holder}: {path}",
                    holder.Process is { } process ? $"kill {process}   # if it hangs" : null
                );
            }

            if (holder is not null && !isSaid)
                Log.Line($"waiting for {holder}, which holds {path}");
            isSaid |= holder is not null;
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>Lets go. To close the file is not enough: a child that another thread has just forked holds it open,
    /// and with it the lock, until it runs its own program.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
            _ = LibC.Flock((int)_file.DangerousGetHandle(), Unlock);
        _file.Dispose();
    }

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <param name="path">As for <see cref="TakeAsync"/>.</param>
    /// <param name="holder">Who has it; <see langword="null"/> where it was taken, or a file that its holder
    /// removed.</param>
    /// <returns>The lock, or <see langword="null"/>.</returns>
    internal static FileLock? TryTake(string path, out LockHolder? holder)
    {
        holder = null;
        SafeFileHandle? file = null;
        try
        {
            file = Directory.Exists(path) ? OpenFile.ForReading(path) : OpenFile.OrCreate(path);
            var identity = FileStatus.Of(file).Identity;
            if (LibC.Flock((int)file.DangerousGetHandle(), Exclusive | DoNotWait) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != ErrorNumber.WouldBlock && error != ErrorNumber.Interrupted)
                    throw LibC.LastError();
                holder = LockHolder.Of(identity.Inode);
            }
            else if (FileStatus.Find(path)?.Identity == identity)
            {
                var taken = new FileLock(file);
                file = null;
                return taken;
            }

            return null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
        finally
        {
            file?.Dispose();
        }
    }
}
