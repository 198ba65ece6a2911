using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>What a command does to several entries of a lock file, one after the other: one that fails does not keep
/// the others from it.</summary>
internal static class LockedModels
{
    /// <summary>Does it.</summary>
    /// <param name="file">The lock file.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="given">The entries; all, where it is empty.</param>
    /// <param name="act">What is done to an entry.</param>
    /// <returns>Why entries failed; their messages are in the log.</returns>
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
