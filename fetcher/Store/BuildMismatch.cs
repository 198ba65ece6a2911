namespace NixAiModels.Store;

/// <summary>A build whose output does not have the hash of its definition (exit code 6).</summary>
/// <param name="got">Nix' line with the hash that it has.</param>
public sealed class BuildMismatch(string got)
    : Failure(
        ExitCode.Integrity,
        $"hash mismatch between the files and the definition: {got}",
        "nix-prefetch-hf ORG/NAME --rev REV   # prints the hash that belongs to the revision"
    );
