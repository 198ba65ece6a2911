using System.Security.Cryptography;
using System.Text;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>The folder in which a snapshot is gathered before it goes to the store; what is there when a run is
/// interrupted serves the next.</summary>
/// <remarks>Layout: <c>KEY/tree/NAME/…</c> the files, <c>KEY/journal/…</c> which ranges of unfinished files have
/// arrived,
/// <c>KEY/lock</c> held while a process works on it. Files lie at their final place from the first byte.</remarks>
public sealed class PartialSnapshot : IDisposable
{
    private readonly FileStream _held;
    private readonly string _folder;

    private PartialSnapshot(string folder, string name, FileStream held)
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
            Directory.CreateDirectory(folder);
            for (var first = true; ; first = false)
            {
                try
                {
                    var held = new FileStream(
                        Path.Combine(folder, "lock"),
                        FileMode.OpenOrCreate,
                        FileAccess.ReadWrite,
                        FileShare.None
                    );
                    return new PartialSnapshot(folder, name, held);
                }
                catch (IOException) when (File.Exists(Path.Combine(folder, "lock")))
                {
                    if (first)
                        Log.Line($"another process is downloading the same files to {folder}; waiting for it");
                    await Task.Delay(TimeSpan.FromSeconds(0.5), cancellation);
                }
            }
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
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
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            Log.Warning($"could not remove the download folder {_folder}: {exception.Message}");
        }
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _held.Dispose();

    private static string FolderOf(string identity, string name, string? home) =>
        Path.Combine(
            home ?? CacheFolder.Of("snapshots"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity}\n{name}")))[..16]
        );
}
