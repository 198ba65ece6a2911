using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>Entries of files at addresses of the web: pins them, asks the servers whether they still have them, and
/// downloads them again to see what changed.</summary>
/// <param name="transfer">How bytes are moved.</param>
/// <param name="nix">The Nix whose store the files go to; <see langword="null"/> only computes hashes.</param>
internal sealed class FileEntries(TransferOptions transfer, NixCommand? nix)
{
    /// <summary>The source's word in definitions.</summary>
    private const string Web = "url";

    /// <summary>Downloads files and pins them. Addresses of files with one name are addresses of one file.</summary>
    /// <param name="files">The addresses, each with the file's path in the model if that is given.</param>
    /// <param name="cancellation">Ends the downloads.</param>
    /// <exception cref="Failure">An address has a signature or a password (exit code 2), two addresses of one name have
    /// different bytes (6), or a download failed.</exception>
    public async Task<FileEntry> PinAsync(
        IReadOnlyList<(string? Name, WebAddress Address)> files,
        CancellationToken cancellation
    )
    {
        if (files.FirstOrDefault(file => file.Address.HasCredential) is { Address: { } secret })
        {
            throw new Failure(
                ExitCode.Usage,
                $"{secret.Public}: the address holds a signature or a password, which everybody could read in the lock "
                    + "file and in a derivation",
                $"nix-prefetch-hf '{secret.Public}?…'   # prints a pin without it, and puts the file into the store"
            );
        }

        var pinned = new List<PinnedFile>();
        foreach (var (name, address) in files)
        {
            var pin = await new AddressPrefetch(address, name, expected: null, transfer).RunAsync(nix, cancellation);
            var file = new PinnedFile(pin.Path, Sha256Digest.Parse(pin.Hash.Hex), pin.Size, [address.Text]);
            var at = pinned.FindIndex(other => other.Path == file.Path);
            if (at < 0)
                pinned.Add(file);
            else if (pinned[at].Sha256 == file.Sha256)
                pinned[at] = pinned[at] with { Urls = [.. pinned[at].Urls, address.Text] };
            else
                throw Different(pinned[at], file);
        }

        var entry = new FileEntry { Source = Web, Files = pinned };
        // One that cannot be read again would make the whole file unreadable.
        ListingCheck.Check(entry.Listing, "the list of names");
        return entry;
    }

    /// <summary>Compares the files of an entry with what their servers say of them.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>The files with another size, or another sha256 where a server says one.</returns>
    /// <exception cref="Failure">No address of a file can be reached.</exception>
    public static async Task<IReadOnlyList<FileChange>> DifferencesAsync(
        FileEntry entry,
        CancellationToken cancellation
    )
    {
        var changes = new List<FileChange>();
        foreach (var file in entry.Files)
        {
            var said = await DescribeAsync(file, cancellation);
            var now = new HubFile(file.Path, said.Size ?? file.Size ?? 0, said.Sha256 ?? file.Sha256);
            Compare(changes, file, now);
        }

        return changes;
    }

    /// <summary>Downloads the files of an entry again, whatever their hash.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="dryRun">Whether to compare what the servers say, and download nothing.</param>
    /// <param name="cancellation">Ends the downloads.</param>
    /// <returns>The entry as it is now, and what changed.</returns>
    /// <exception cref="Failure">A download failed.</exception>
    public async Task<(FileEntry Entry, IReadOnlyList<FileChange> Changes)> UpdateAsync(
        FileEntry entry,
        bool dryRun,
        CancellationToken cancellation
    )
    {
        // Its manifest says what changed, and nothing is downloaded.
        if (entry.Source == OllamaEntry.Source)
            return await OllamaEntry.UpdateAsync(entry, cancellation);
        if (dryRun)
            return (entry, await DifferencesAsync(entry, cancellation));
        if (entry.Source != Web)
        {
            throw new Failure(
                ExitCode.Usage,
                $"this program cannot update entries of the source '{Printable.Escape(entry.Source)}'",
                "use a newer nix-ai-models"
            );
        }

        var now = await PinAsync(
            [.. entry.Files.SelectMany(file => file.Urls.Select(url => ((string?)file.Path, WebAddress.Parse(url))))],
            cancellation
        );
        var changes = new List<FileChange>();
        foreach (var (before, after) in entry.Files.Zip(now.Files))
            Compare(changes, before, new HubFile(after.Path, after.Size ?? 0, after.Sha256));
        return (entry with { Files = now.Files }, changes);
    }

    private static void Compare(List<FileChange> changes, PinnedFile before, HubFile now)
    {
        var old = new HubFile(before.Path, before.Size ?? now.Size, before.Sha256);
        if (old.Size != now.Size || old.Digest != now.Digest)
            changes.Add(new FileChange(before.Path, old, now));
    }

    private static async Task<FileDescription> DescribeAsync(PinnedFile file, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var source = KnownSources.Open(file.Urls[i], new HubOptions());
                return await source.DescribeAsync(cancellation);
            }
            catch (Failure failure) when (i + 1 < file.Urls.Count)
            {
                Log.Warning($"{failure.Message}; trying {KnownSources.Display(file.Urls[i + 1])}");
            }
        }
    }

    private static Failure Different(PinnedFile first, PinnedFile second) =>
        new(
            ExitCode.Integrity,
            $"{KnownSources.Display(first.Urls[0])} and {KnownSources.Display(second.Urls[0])} have one name, "
                + $"{Printable.Escape(first.Path)}, and different bytes",
            "give one of them another name: sub/model.onnx=https://…"
        );
}
