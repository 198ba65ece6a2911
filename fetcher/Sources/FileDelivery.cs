using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>Brings single files into the store outside of a build, each to the path that its derivation has. What has
/// arrived is kept until the store has the file, so that an interrupted download can be resumed.</summary>
/// <param name="transfer">How bytes are moved.</param>
/// <param name="nix">The Nix whose store it is; <see langword="null"/> only computes hashes.</param>
public sealed class FileDelivery(TransferOptions transfer, NixCommand? nix)
{
    private readonly Warnings _warnings = new();

    /// <summary>The folder for partial downloads; <see langword="null"/> for one in the user's cache.</summary>
    public string? PartialFolder { get; init; }

    /// <summary>How many bytes were downloaded so far, or were there already.</summary>
    public long Delivered { get; private set; }

    /// <summary>Delivers a file that is pinned.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>Its store path if there is a store.</returns>
    /// <exception cref="Failure">All its addresses failed, or Nix refused the file.</exception>
    public async Task<string?> RunAsync(PinnedFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var hash = NixHash.Parse(file.Sha256.Hex);
        var output = OutputOf(file.Path);
        if (nix is not null)
        {
            var path = output.PathFor(hash, StoreFolder.Name(Environment.GetEnvironmentVariable));
            if ((await nix.MissingAsync([path], cancellation)).Count == 0)
            {
                Log.Line($"{Printable.Escape(file.Path)}: already in the store; nothing to download");
                return path;
            }
        }

        using var partial = await PartialSnapshot.OpenAsync(
            $"{file.Sha256} {output.Name}",
            output,
            PartialFolder,
            cancellation
        );
        var download = new PinnedDownload(transfer, caBundle: null, ProgressDisplay.TerminalIsLive);
        var verified = await KeptAsync(
            partial,
            file.Size,
            () => download.Arrived,
            journal => download.RunAsync(file, partial.Tree, journal, cancellation),
            cancellation
        );
        return await AddAsync(partial, output, verified.Value, cancellation);
    }

    /// <summary>Delivers a file that nobody has pinned.</summary>
    /// <param name="source">The file at its address.</param>
    /// <param name="description">What the server says of it.</param>
    /// <param name="identity">Equal for equal files only: the address without what is secret in it.</param>
    /// <param name="path">Its path in the model.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>Its hash, its size in bytes, and its store path if there is a store.</returns>
    /// <exception cref="Failure">The download failed, or Nix refused the file.</exception>
    public async Task<(FirstUseHash Hash, long Size, string? StorePath)> RunAsync(
        ISourceFile source,
        FileDescription description,
        string identity,
        string path,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(description);
        var output = OutputOf(path);
        using var partial = await PartialSnapshot.OpenAsync(
            $"{identity} {description.Size} {description.Version} {output.Name}",
            output,
            PartialFolder,
            cancellation
        );
        source.HoldTo(description);
        var size = description.SizeInRanges;
        var moved = new FileTransfer(transfer, _warnings, ProgressDisplay.TerminalIsLive);
        var hash = await KeptAsync(
            partial,
            size,
            () => moved.Arrived,
            journal =>
                moved.RunAsync(
                    source,
                    path,
                    size,
                    new FirstUseDigest(),
                    partial.Tree,
                    journal,
                    FirstUseHash.OfFileAsync,
                    cancellation
                ),
            cancellation
        );
        var length = new FileInfo(partial.Tree).Length;
        return (hash, length, await AddAsync(partial, output, hash.Value, cancellation));
    }

    /// <summary>What a file is in the store.</summary>
    /// <param name="path">Its path in the model.</param>
    public static FixedOutput OutputOf(string path) => new(DerivationName.OfFile(path), IsFlat: true);

    private static async Task<T> KeptAsync<T>(
        PartialSnapshot partial,
        long? size,
        Func<long> arrived,
        Func<string, Task<T>> download,
        CancellationToken cancellation
    )
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(partial.Tree)!);
            Directory.CreateDirectory(partial.Journals);
            Log.Line($"kept until it is complete in {partial.Folder}");
            return await download(Path.Combine(partial.Journals, "0"));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && size is not null)
        {
            throw new InterruptedDownload(arrived(), size.Value, partial.Folder);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, partial.Folder);
        }
    }

    private async Task<string?> AddAsync(
        PartialSnapshot partial,
        FixedOutput output,
        NixHash hash,
        CancellationToken cancellation
    )
    {
        Delivered += new FileInfo(partial.Tree).Length;
        string? path = null;
        if (nix is not null)
        {
            if (StoreFolder.Find(Environment.GetEnvironmentVariable) is { } store)
                FreeSpace.Require((store, new FileInfo(partial.Tree).Length));
            path = await nix.AddFixedAsync(partial.Tree, output, cancellation);
            var expected = output.PathFor(hash, Path.GetDirectoryName(path)!);
            if (path != expected)
            {
                throw new Failure(
                    ExitCode.Integrity,
                    $"what arrived in the store is not what was downloaded: {path}, not {expected}",
                    "nix-store --verify-path " + path
                );
            }
        }

        partial.Delete();
        return path;
    }
}
