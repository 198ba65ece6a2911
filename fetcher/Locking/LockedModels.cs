using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Works on several entries of a lock file, one after another; one that fails does not stop the
/// others.</summary>
internal static class LockedModels
{
    /// <summary>Calls a function for each entry, and logs those that fail.</summary>
    /// <param name="file">The lock file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="given">The entries' names; all entries if empty.</param>
    /// <param name="act">The function.</param>
    /// <returns>The exit codes of the entries that failed.</returns>
    /// <exception cref="Failure">There is no entry of a given name.</exception>
    public static async Task<IReadOnlyList<ExitCode>> ForEachAsync(
        LockFile file,
        string path,
        IReadOnlyList<string> given,
        Func<string, LockEntry, Task> act
    )
    {
        var failed = new List<ExitCode>();
        foreach (var name in file.Names(given, path))
        {
            try
            {
                await act(name, file.Models[name]);
            }
            catch (Failure failure)
            {
                Log.Error(new Failure(failure.Code, $"{name}: {failure.Message}", failure.Next, failure));
                failed.Add(failure.Code);
            }
        }

        return failed;
    }
}
