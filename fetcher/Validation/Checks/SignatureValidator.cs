using NixAiModels.Signing;

namespace NixAiModels.Validation.Checks;

/// <summary><c>signature</c>: a trusted key signed exactly these files (docs/signing.md).</summary>
/// <param name="trustedPublicKeys">The keys that count.</param>
/// <param name="digests">The hashes of the files.</param>
/// <param name="repository">The repository that they are of; empty accepts any.</param>
internal sealed class SignatureValidator(
    IReadOnlyList<string> trustedPublicKeys,
    FileDigests digests,
    string repository
) : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        digests.Compute(cancellation);
        var manifest = tree.Find(SignedManifest.FileName);
        if (manifest is not { HasContent: true })
        {
            Refuse(SignedManifest.FileName, "missing: the model is not signed");
            return;
        }

        if (tree.Entries.Any(entry => entry.Kind != EntryKind.Regular))
        {
            Refuse(string.Empty, "the model has links or unreadable files; only plain files can be signed");
            return;
        }

        try
        {
            var keys = trustedPublicKeys.Select(PublicKey.Parse).ToList();
            SignedManifest
                .Read(File.ReadAllBytes(manifest.FullPath))
                .Verify(keys, ModelFiles.ToSign(tree, digests.All(), repository));
        }
        catch (Failure failure) when (failure.Code == ExitCode.Validation)
        {
            Refuse(SignedManifest.FileName, failure.Message);
        }

        void Refuse(string file, string message) =>
            findings.Add(
                Severity.Dangerous,
                file,
                null,
                message,
                "Without a trusted signature nobody vouches for these files.",
                $"Get the publisher's {SignedManifest.FileName} and public key, or sign the model yourself: "
                    + "nix-ai-models sign PATH --repo ORG/NAME --key-file KEY"
            );
    }
}
