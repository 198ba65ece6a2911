namespace NixAiModels.Hub;

/// <summary>A resolved revision of a repository.</summary>
/// <param name="Commit">The commit, 40 lower-case hex digits.</param>
/// <param name="IsGated">Whether its files require an accepted licence.</param>
/// <param name="IsPrivate">Whether only some accounts can see it.</param>
public sealed record Revision(string Commit, bool IsGated, bool IsPrivate);
