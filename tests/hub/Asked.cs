namespace NixAiModels.TestHub;

/// <summary>What one request asks for, as faults and the record see it.</summary>
/// <param name="Method">GET, HEAD or POST.</param>
/// <param name="Origin">"hub" or "cdn".</param>
/// <param name="On">info, refs, tree, paths-info, resolve, raw, whoami, cdn, or other.</param>
/// <param name="Repo">The repository: "org/name", "datasets/org/name", "spaces/org/name".</param>
/// <param name="Path">The file's path in the repository, where the request is for a file.</param>
internal sealed record Asked(string Method, string Origin, string On, string? Repo, string? Path);
