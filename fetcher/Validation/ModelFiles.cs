using NixAiModels.Posix;
using NixAiModels.Signing;

namespace NixAiModels.Validation;

/// <summary>The content of a model that a signature covers.</summary>
internal static class ModelFiles
{
    /// <summary>Path, size, SHA-256 and executable bit of every file, the manifest itself left out, and the empty
    /// folders.</summary>
    /// <exception cref="Failure">There is a link or something unreadable (exit 8): only plain files can be
    /// signed.</exception>
    public static SignedContent ToSign(string folder, string repository, CancellationToken cancellation)
    {
        var tree = ModelTree.Read(folder);
        var odd = tree.Entries.FirstOrDefault(entry => entry.Kind != EntryKind.Regular);
        if (odd is not null)
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(odd.Path, int.MaxValue)} is a link or unreadable; only plain files can be signed",
                "copy the model with its links resolved: cp -rL FROM TO"
            );
        }

        var digests = new FileDigests(tree, null);
        digests.Compute(cancellation);
        return ToSign(tree, digests.All(), repository);
    }

    /// <summary>As above, from known facts; fails if a file has no hash.</summary>
    public static SignedContent ToSign(ModelTree tree, IReadOnlyList<FileFacts> facts, string repository)
    {
        var files = facts.Where(file => file.Path != SignedManifest.FileName).ToList();
        if (files.FirstOrDefault(file => file.Sha256 is null) is { } unread)
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(unread.Path, int.MaxValue)} cannot be read",
                "check its permissions: ls -l"
            );
        }

        return new SignedContent(
            repository,
            [.. files.Select(file => new SignedFile(file.Path, file.Size, file.Sha256!, IsExecutable(tree, file)))],
            tree.EmptyFolders
        );
    }

    private static bool IsExecutable(ModelTree tree, FileFacts file) =>
        FileStatus.Find(tree.Find(file.Path)!.FullPath) is { } status && status.Mode.HasFlag(UnixFileMode.UserExecute);
}
