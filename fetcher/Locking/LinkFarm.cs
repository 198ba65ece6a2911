using NixAiModels.Posix;
using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>The snapshot of a locked model: folders with a link for every file to its store path.</summary>
/// <param name="Entry">The model.</param>
/// <param name="Lfs">The store paths of the files that are pinned one by one, by their paths in the repository.</param>
/// <param name="Regular">The folder of the regular files; <see langword="null"/> where there are none.</param>
public sealed record LinkFarm(RepositoryEntry Entry, IReadOnlyDictionary<string, string> Lfs, string? Regular)
{
    /// <summary>Store paths of their own for regular files that programs need beside the files that are pinned one by
    /// one; the files are copied there.</summary>
    public IReadOnlyDictionary<string, string> Copies { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks what Nix's hashes do not cover (sizes, and which regular file is which) and writes the
    /// links.</summary>
    /// <param name="output">The folder to make.</param>
    /// <exception cref="Failure">The files contradict the entry (exit code 6), or the folder cannot be
    /// written (7).</exception>
    public void Write(string output)
    {
        try
        {
            var present = Regular is null
                ? []
                : Directory
                    .EnumerateFiles(Regular, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(Regular, file))
                    .ToHashSet(StringComparer.Ordinal);
            if (!present.SetEquals(Entry.Regular.Select(file => file.Path)))
                throw Altered("the regular files", "are not the listed ones");
            foreach (var file in Entry.Regular)
            {
                var target = Path.Combine(Regular!, file.Path);
                if (new FileInfo(target).Length != file.Size || BlobId(target, file.Size) != file.Oid)
                    throw Altered(file.Path, "has another size or git blob id");
                if (Copies.TryGetValue(file.Path, out var copy))
                    File.Copy(target, copy);
                LinkFolder.Add(output, file.Path, copy ?? target);
            }

            foreach (var file in Entry.Lfs)
            {
                var target = Lfs[file.Path];
                var size = new FileInfo(target).Length;
                if (file.Size is { } expected && expected != size)
                    throw Altered(file.Path, $"has {size} bytes, not {expected}");
                LinkFolder.Add(output, file.Path, target);
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, output);
        }
    }

    private static GitBlobId BlobId(string path, long size)
    {
        using var file = File.OpenRead(path);
        return GitBlobId.Of(file, size);
    }

    private Failure Altered(string what, string how) =>
        new(
            ExitCode.Integrity,
            $"the lock entry of {Entry.Repository} contradicts its hashes: {Printable.Escape(what)} {how}",
            "take the lock file from version control, or pin again: nix-prefetch-hf lock add "
                + $"{Entry.Repository.Address} --rev {Entry.Ref ?? Entry.Commit.ToString()} --name NAME"
        );
}
