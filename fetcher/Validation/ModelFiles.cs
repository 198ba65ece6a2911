using NixAiModels.Signing;

namespace NixAiModels.Validation;

/// <summary>The files of a model as a signature speaks of them.</summary>
internal static class ModelFiles
{
    /// <summary>Path, size and SHA-256 of every file, the manifest itself left out.</summary>
    /// <exception cref="Failure">There is a link or something that cannot be read (exit 8): a signature speaks of plain
    /// files only.</exception>
    public static IReadOnlyList<SignedFile> ToSign(string folder, CancellationToken cancellation)
    {
        var tree = ModelTree.Read(folder);
        var odd = tree.Entries.FirstOrDefault(entry => entry.Kind != EntryKind.Regular);
        if (odd is not null)
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(odd.Path, int.MaxValue)} is a link or cannot be read; a signature speaks of plain files only",
                "Copy the model with its links resolved: cp -rL FROM TO"
            );
        }

        var digests = new FileDigests(tree, null);
        digests.Compute(cancellation);
        return ToSign(digests.All());
    }

    /// <summary>The same of facts that are at hand; a file without a hash makes none of them count.</summary>
    public static IReadOnlyList<SignedFile> ToSign(IReadOnlyList<FileFacts> facts)
    {
        var files = facts.Where(file => file.Path != SignedManifest.FileName).ToList();
        return files.FirstOrDefault(file => file.Sha256 is null) is { } unread
            ? throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(unread.Path, int.MaxValue)} cannot be read",
                "Check its permissions: ls -l."
            )
            : [.. files.Select(file => new SignedFile(file.Path, file.Size, file.Sha256!))];
    }
}
