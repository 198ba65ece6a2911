using NixAiModels.Signing;

namespace NixAiModels.Validation;

/// <summary>The files of a model that a signature covers.</summary>
internal static class ModelFiles
{
    /// <summary>Path, size and SHA-256 of every file, the manifest itself left out.</summary>
    /// <exception cref="Failure">There is a link or something unreadable (exit 8): only plain files can be
    /// signed.</exception>
    public static IReadOnlyList<SignedFile> ToSign(string folder, CancellationToken cancellation)
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
        return ToSign(digests.All());
    }

    /// <summary>As above, from known facts; fails if a file has no hash.</summary>
    public static IReadOnlyList<SignedFile> ToSign(IReadOnlyList<FileFacts> facts)
    {
        var files = facts.Where(file => file.Path != SignedManifest.FileName).ToList();
        return files.FirstOrDefault(file => file.Sha256 is null) is { } unread
            ? throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(unread.Path, int.MaxValue)} cannot be read",
                "check its permissions: ls -l"
            )
            : [.. files.Select(file => new SignedFile(file.Path, file.Size, file.Sha256!))];
    }
}
