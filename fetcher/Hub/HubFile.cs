namespace NixAiModels.Hub;

/// <summary>A file as the Hub lists it; its path is unchecked.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">The size of its content in bytes.</param>
/// <param name="Oid">Its git blob id, 40 lower-case hex digits; of the pointer where the content is in LFS.</param>
/// <param name="Sha256">The sha256 of its content, 64 lower-case hex digits, where it is in LFS; else
/// <see langword="null"/>.</param>
public sealed record HubFile(string Path, long Size, string Oid, string? Sha256);
