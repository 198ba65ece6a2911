using NixAiModels.Signing;

namespace NixAiModels.Validation;

/// <summary><c>nix-ai-models verify FOLDER</c>: check that a trusted key signed exactly a model's files.</summary>
internal static class FolderSignature
{
    /// <summary>Verifies a model against its signed manifest.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="repository">The repository that it is of; empty accepts any.</param>
    /// <param name="manifest">The signed manifest; the folder's own where it is <see langword="null"/>.</param>
    /// <param name="trusted">The keys that count.</param>
    /// <param name="cancellation">Ends the reading of the files.</param>
    /// <exception cref="Failure">None of them signed these files (exit code 8), or there is no manifest
    /// (7).</exception>
    public static void Verify(
        string folder,
        string repository,
        string? manifest,
        IReadOnlyList<PublicKey> trusted,
        CancellationToken cancellation
    )
    {
        var file = manifest ?? Path.Combine(folder, SignedManifest.FileName);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception error) when (LocalFailure.Matches(error))
        {
            throw LocalFailure.Of(error, file);
        }

        try
        {
            SignedManifest.Read(bytes).Verify(trusted, ModelFiles.ToSign(folder, repository, cancellation));
        }
        catch (Failure failure) when (failure.Code == ExitCode.Validation)
        {
            throw new Failure(failure.Code, $"{file}: {failure.Message}", failure.Next, failure);
        }
    }
}
