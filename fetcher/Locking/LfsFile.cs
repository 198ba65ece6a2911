using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>A file that a lock file pins by the sha256 that the hub lists, without downloading it.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">Its size in bytes; <see langword="null"/> where it is unknown.</param>
/// <param name="Sha256">The sha256 of its content.</param>
public sealed record LfsFile(string Path, long? Size, Sha256Digest Sha256);
