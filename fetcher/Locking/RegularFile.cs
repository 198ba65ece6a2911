using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>A file that is stored in git itself, not in LFS: small, and pinned together with the others by one
/// recursive hash.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Oid">Its git blob id.</param>
public sealed record RegularFile(string Path, long Size, GitBlobId Oid);
