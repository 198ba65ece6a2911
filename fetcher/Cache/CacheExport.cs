using System.Security.Cryptography;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Cache;

/// <summary>Copies a model or a cache as real files, for containers and machines that do not have the store. A run that
/// was interrupted is resumed by the next one.</summary>
/// <param name="items">The files.</param>
/// <param name="destination">The folder to copy them to; it is made. Other files in it stay.</param>
internal sealed class CacheExport(IReadOnlyList<ExportPlan.Item> items, string destination)
{
    /// <summary>Where files are until they are complete.</summary>
    private const string Staging = ".nix-ai-models-export";
    private const int BufferSize = 1 << 20;

    /// <summary>What a run has done.</summary>
    /// <param name="Copied">The number of files that were copied.</param>
    /// <param name="Bytes">Their bytes.</param>
    /// <param name="Present">The number of files that were there already.</param>
    internal sealed record Outcome(int Copied, long Bytes, int Present);

    /// <summary>The bytes of files that are missing, by the sizes of those that are there.</summary>
    internal long Missing => items.Where(item => !HasSize(item)).Sum(item => item.Size);

    /// <summary>Copies what is missing, and verifies every file whose digest is known.</summary>
    /// <exception cref="Failure">Exit code 6: the bytes of a file do not match its digest; 7: the file system
    /// refused.</exception>
    internal async Task<Outcome> RunAsync(CancellationToken cancellation)
    {
        var place = destination;
        if (items.FirstOrDefault(item => item.Path.Split('/')[0] == Staging) is { } taken)
        {
            throw new Failure(
                ExitCode.Usage,
                $"a file has the name of the folder for unfinished copies: {taken.Original}"
            );
        }

        try
        {
            MakeFolder(Staging);
            using var held = await FileLock.TakeAsync(At(Staging), cancellation);
            DistinctNames.Require(At(Staging), items.Select(item => item.Path));
            var outcome = new Outcome(0, 0, 0);
            foreach (var item in items)
            {
                place = At(item.Path);
                if (IsComplete(item, cancellation))
                {
                    outcome = outcome with { Present = outcome.Present + 1 };
                }
                else
                {
                    Copy(item, cancellation);
                    outcome = outcome with { Copied = outcome.Copied + 1, Bytes = outcome.Bytes + item.Size };
                }

                foreach (var name in item.Names)
                    Link(name, item.Path);
            }

            Directory.Delete(At(Staging), recursive: true);
            return outcome;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, place);
        }
    }

    /// <summary>Makes a folder of the copy. A link in its path may lead out of the copy.</summary>
    private void MakeFolder(string path)
    {
        Directory.CreateDirectory(destination);
        var folder = destination;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folder = Path.Combine(folder, name);
            if (FileStatus.FindEntry(folder) is { Kind: FileKind.Link })
            {
                throw new Failure(
                    ExitCode.LocalIO,
                    $"a link is where the copy has a folder: {folder}",
                    ShellText.Command(["rm", folder])
                );
            }

            Directory.CreateDirectory(folder);
        }
    }

    private string At(string path) => Path.Combine(destination, path);

    private bool HasSize(ExportPlan.Item item) =>
        FileStatus.FindEntry(At(item.Path)) is { Kind: FileKind.Regular } there && there.Size == item.Size;

    private bool IsComplete(ExportPlan.Item item, CancellationToken cancellation)
    {
        if (!HasSize(item))
            return false;
        using var file = File.OpenRead(At(item.Path));
        using var hash = item.Digest?.Begin(item.Size);
        if (hash is null)
            return HasBytesOf(item, file, cancellation);
        Pump(file, hash, null, cancellation);
        return Matches(item, hash);
    }

    /// <summary>Without a digest the original decides: another version of a file may have its size.</summary>
    private static bool HasBytesOf(ExportPlan.Item item, FileStream file, CancellationToken cancellation)
    {
        using var original = File.OpenRead(item.Original);
        var (ours, theirs) = (new byte[BufferSize], new byte[BufferSize]);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = file.ReadAtLeast(ours, BufferSize, throwOnEndOfStream: false);
            var other = original.ReadAtLeast(theirs, BufferSize, throwOnEndOfStream: false);
            if (!ours.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, other)))
                return false;
            if (count == 0)
                return true;
        }
    }

    private void Copy(ExportPlan.Item item, CancellationToken cancellation)
    {
        var staged = Path.Combine(At(Staging), item.Path);
        MakeFolder(Path.GetDirectoryName($"{Staging}/{item.Path}")!);
        MakeFolder(Path.GetDirectoryName(item.Path)!);
        // What an interrupted run has left may be damaged.
        var isResumed = File.Exists(staged);
        if (!TryCopy(item, staged, cancellation) && !(isResumed && TryCopy(item, staged, cancellation)))
        {
            throw new Failure(
                ExitCode.Integrity,
                $"the bytes do not match the {item.Digest!.Name} {item.Digest}: {item.Original}",
                $"nix-store --verify-path {item.Original}"
            );
        }

        Rename.Replace(staged, At(item.Path));
    }

    /// <summary>Completes a staged file; removes it where its bytes do not match.</summary>
    private static bool TryCopy(ExportPlan.Item item, string staged, CancellationToken cancellation)
    {
        using var hash = item.Digest?.Begin(item.Size);
        using (var target = new FileStream(staged, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        using (var original = File.OpenRead(item.Original))
        {
            // Without a digest nobody would notice a beginning that is another file's.
            if (target.Length > item.Size || hash is null)
                target.SetLength(0);
            Pump(target, hash, null, cancellation);
            original.Position = target.Position;
            Pump(original, hash, target, cancellation);
            target.Flush(flushToDisk: true);
        }

        if (hash is null || Matches(item, hash))
            return true;
        File.Delete(staged);
        return false;
    }

    private static bool Matches(ExportPlan.Item item, IncrementalHash hash) =>
        Convert.ToHexStringLower(hash.GetHashAndReset()) == item.Digest!.Hex;

    private static void Pump(Stream from, IncrementalHash? hash, Stream? to, CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = from.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash?.AppendData(buffer, 0, count);
            to?.Write(buffer, 0, count);
        }
    }

    private void Link(string name, string path)
    {
        var link = At(name);
        var target = Path.GetRelativePath(Path.GetDirectoryName(link)!, At(path));
        if (new FileInfo(link).LinkTarget == target)
            return;
        MakeFolder(Path.GetDirectoryName(name)!);
        var staged = Path.Combine(At(Staging), "link");
        File.Delete(staged);
        File.CreateSymbolicLink(staged, target);
        Rename.Replace(staged, link);
    }
}
