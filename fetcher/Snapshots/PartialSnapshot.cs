using System.Security.Cryptography;
using System.Text;
using NixAiModels.Hub;
using NixAiModels.Posix;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>The folder that a snapshot is downloaded to before it is added to the store; an interrupted download is
/// resumed from it.</summary>
/// <remarks>Layout: <c>KEY/tree/NAME/…</c> the files, <c>KEY/journal/…</c> which ranges of incomplete files have
/// arrived, <c>KEY.lock</c> held while a process works on it. Files lie at their final place from the first
/// byte.</remarks>
public sealed class PartialSnapshot : IDisposable
{
    private const int KeyDigits = 16;

    private readonly FileLock _held;
    private readonly string _folder;

    private PartialSnapshot(string folder, string name, FileLock held)
    {
        _folder = folder;
        _held = held;
        Tree = Path.Combine(TreesOf(folder), name);
        Journals = Path.Combine(folder, "journal");
    }

    /// <summary>The folder that keeps the download.</summary>
    public string Folder => _folder;

    /// <summary>The folder that becomes the snapshot; its name is the name in the store.</summary>
    public string Tree { get; }

    /// <summary>The folder of the journals of incomplete files.</summary>
    public string Journals { get; }

    /// <summary>Locks the folder of a snapshot; waits while another process has it.</summary>
    /// <param name="endpoint">The hub.</param>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they will be in the store.</param>
    /// <param name="home">The folder of all partial downloads; <see langword="null"/> for the user's cache.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the folder cannot be made.</exception>
    public static Task<PartialSnapshot> OpenAsync(
        HubEndpoint endpoint,
        Snapshot snapshot,
        FixedOutput output,
        string? home,
        CancellationToken cancellation
    ) => OpenAsync(IdentityOf(endpoint, snapshot, output), output, home, cancellation);

    /// <summary>Locks the folder of something else that is downloaded; waits while another process has it.</summary>
    /// <param name="identity">Equal for equal files only.</param>
    /// <param name="output">What they will be in the store.</param>
    /// <param name="home">The folder of all partial downloads; <see langword="null"/> for the user's cache.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the folder cannot be made.</exception>
    internal static async Task<PartialSnapshot> OpenAsync(
        string identity,
        FixedOutput output,
        string? home,
        CancellationToken cancellation
    )
    {
        var folder = PathOf(identity, home);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            var held = await FileLock.TakeAsync(LockOf(folder), cancellation);
            Directory.CreateDirectory(folder);
            return new PartialSnapshot(folder, output.Name, held);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, folder);
        }
    }

    /// <summary>Removes the folder.</summary>
    public void Delete()
    {
        try
        {
            Remove(_folder);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            Log.Warning($"could not remove the download folder {_folder}: {exception.Message}");
        }
    }

    /// <summary>Unlocks the folder.</summary>
    public void Dispose() => _held.Dispose();

    /// <summary>Whether a folder has the name of a partial download.</summary>
    internal static bool IsKey(string name) => LowerHex.Has(name, KeyDigits);

    /// <summary>The lock of a partial download.</summary>
    internal static string LockOf(string folder) => folder + ".lock";

    /// <summary>The folder of the one tree of a partial download.</summary>
    internal static string TreesOf(string folder) => Path.Combine(folder, "tree");

    /// <summary>Removes a partial download, whose lock the caller holds.</summary>
    internal static void Remove(string folder)
    {
        Directory.Delete(folder, recursive: true);
        // Last: whoever waits for it finds that it is gone and makes a new one.
        File.Delete(LockOf(folder));
    }

    /// <summary>The folder of a snapshot, which need not exist.</summary>
    internal static string PathOf(HubEndpoint endpoint, Snapshot snapshot, FixedOutput output, string? home) =>
        PathOf(IdentityOf(endpoint, snapshot, output), home);

    private static string IdentityOf(HubEndpoint endpoint, Snapshot snapshot, FixedOutput output) =>
        $"{endpoint} {snapshot.Repository.Type} {snapshot.Repository} {snapshot.Commit} {output.IsFlat}\n{output.Name}";

    private static string PathOf(string identity, string? home) =>
        Path.Combine(
            home ?? PartialDownloads.UserFolder,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..KeyDigits]
        );
}
