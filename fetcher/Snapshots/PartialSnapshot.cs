using System.Security.Cryptography;
using System.Text;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>The folder in which a snapshot is gathered before it goes to the store; what is there when a run is
/// interrupted serves the next.</summary>
/// <remarks>Layout: <c>KEY/tree/NAME/…</c> the files, <c>KEY/journal/…</c> which ranges of unfinished files have
/// arrived, <c>KEY.lock</c> held while a process works on them. Files lie at their final place from the first byte.</remarks>
public sealed class PartialSnapshot : IDisposable
{
    private readonly FileLock _held;
    private readonly string _folder;

    private PartialSnapshot(string folder, string name, FileLock held)
    {
        _folder = folder;
        _held = held;
        Tree = Path.Combine(folder, "tree", name);
        Journals = Path.Combine(folder, "journal");
    }

    /// <summary>The folder that becomes the snapshot; its name is the name in the store.</summary>
    public string Tree { get; }

    /// <summary>Where the notes on unfinished files are.</summary>
    public string Journals { get; }

    /// <summary>Whether an earlier run left something of a snapshot, or another one is at it.</summary>
    /// <param name="identity">As for <see cref="OpenAsync"/>.</param>
    /// <param name="name">As for <see cref="OpenAsync"/>.</param>
    public static bool Exists(string identity, string name) =>
        Directory.Exists(Path.Combine(FolderOf(identity, name, home: null), "tree"));

    /// <summary>Takes hold of the folder of a snapshot; waits while another process has it.</summary>
    /// <param name="identity">What is downloaded: equal for equal files only.</param>
    /// <param name="name">The name that the snapshot will have in the store.</param>
    /// <param name="home">Where such folders are; <see langword="null"/> for the user's cache.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the folder cannot be made.</exception>
    public static async Task<PartialSnapshot> OpenAsync(
        string identity,
        string name,
        string? home,
        CancellationToken cancellation
    )
    {
        var folder = FolderOf(identity, name, home);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            var held = await FileLock.TakeAsync(LockOf(folder), cancellation);
            Directory.CreateDirectory(folder);
            return new PartialSnapshot(folder, name, held);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, folder);
        }
    }

    /// <summary>Removes the folder: the snapshot is in the store, or nobody wants it.</summary>
    public void Delete()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
            // Last, while it is held: whoever waits for it finds that it is gone and makes a new one.
            File.Delete(LockOf(_folder));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            Log.Warning($"could not remove the download folder {_folder}: {exception.Message}");
        }
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _held.Dispose();

    private static string LockOf(string folder) => folder + ".lock";

    private static string FolderOf(string identity, string name, string? home) =>
        Path.Combine(
            home ?? CacheFolder.Of("snapshots"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity}\n{name}")))[..16]
        );
}
