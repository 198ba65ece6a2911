using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>Lets one sync at a time work with a state directory; the others wait. The kernel lets go of it when the
/// process ends, however it ends.</summary>
internal static class SyncLock
{
    /// <summary>Takes the lock.</summary>
    /// <param name="file">The file that is locked; it is made and stays.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">The file cannot be made.</exception>
    internal static async Task<IDisposable> TakeAsync(string file, CancellationToken cancellation)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (first)
                    Log.Line("another sync is at work; waiting for it");
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
            catch (Exception exception) when (LocalFailure.Is(exception))
            {
                throw LocalFailure.Of(exception, file);
            }
        }
    }

    // EWOULDBLOCK of flock(2), on Linux and on macOS; .NET hands it on as HResult.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35;
}
