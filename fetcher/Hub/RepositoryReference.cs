namespace NixAiModels.Hub;

/// <summary>What a person wrote or pasted to name a repository.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">The branch, tag or commit, if it was in the text; not percent-encoded.</param>
/// <param name="File">The path in the repository, if it was in the text; it ends with <c>/</c> where it is a folder.</param>
/// <param name="Endpoint">The endpoint, if the text was a URL of another one than the known.</param>
public sealed record RepositoryReference(RepositoryId Repository, string? Revision, string? File, Endpoint? Endpoint);
