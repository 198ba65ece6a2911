using NixAiModels.Nar;
using NixAiModels.Store;

namespace NixAiModels.Snapshots;

/// <summary>Verified files of the hub do not have the hash that was pinned (exit code 6).</summary>
/// <param name="output">What was pinned.</param>
/// <param name="actual">The files' hash.</param>
public sealed class HashMismatch(FixedOutput output, NixHash actual)
    : Failure(ExitCode.Integrity, $"{output.Name} has the hash {actual.Sri}, not {output.ExpectedHash?.Sri}");
