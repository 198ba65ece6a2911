namespace NixAiModels.TestHub;

/// <summary>What a request is for, as faults match it.</summary>
/// <param name="Method">GET, HEAD or POST.</param>
/// <param name="Origin">"hub" or "cdn".</param>
/// <param name="On">info, refs, tree, paths-info, resolve, raw, whoami, cdn, or other.</param>
/// <param name="Repo">The repository: "org/name", "datasets/org/name" and the like.</param>
/// <param name="Path">The file's path in the repository, if the request is for a file.</param>
internal sealed record RequestTarget(string Method, string Origin, string On, string? Repo, string? Path);
