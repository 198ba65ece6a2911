using NixAiModels.Posix;

namespace NixAiModels.Sync;

/// <summary>Where sync records what is its own. Nobody else may change it: what it lists is removed.</summary>
internal static class StateDirectory
{
    private const UnixFileMode AllThatTheUmaskLeaves = (UnixFileMode)0x1ff;

    /// <summary>Waits until no other run uses the directory.</summary>
    internal static Task<FileLock> LockAsync(string path, CancellationToken cancellation) =>
        FileLock.TakeAsync(Path.Combine(path, "lock"), cancellation);

    /// <summary>Opens the directory where there is one.</summary>
    /// <exception cref="Failure">As <see cref="Open"/>.</exception>
    internal static FolderHandle? Find(string path) => Open(path, dryRun: true);

    /// <summary>Opens the directory, or makes it.</summary>
    /// <param name="path">Its whole path.</param>
    /// <param name="dryRun">Whether it is left missing.</param>
    /// <returns><see langword="null"/> where there is none, in a dry run.</returns>
    /// <exception cref="Failure">Exit code 2: another user could change it; 7: it cannot be made.</exception>
    internal static FolderHandle? Open(string path, bool dryRun)
    {
        const string what = "the state directory";
        try
        {
            var (folder, missing) = TrustedFolder.Open(path, what);
            if (missing.Length == 0)
                TrustedFolder.Require(folder.Status, path, what);
            foreach (var name in missing)
            {
                using var above = folder;
                if (dryRun)
                    return null;
                // The lock is in it: another run may be making it now. Whoever made it, it is checked.
                folder = above.MakeAndEnter(name, AllThatTheUmaskLeaves);
                TrustedFolder.Require(folder.Status, path, what);
            }

            return folder;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
