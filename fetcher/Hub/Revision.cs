namespace NixAiModels.Hub;

/// <summary>What the Hub says of a revision of a repository.</summary>
/// <param name="Commit">The commit, 40 lower-case hex digits.</param>
/// <param name="IsGated">Whether a licence must be accepted before its files can be had.</param>
/// <param name="IsPrivate">Whether only some accounts see it.</param>
public sealed record Revision(string Commit, bool IsGated, bool IsPrivate);
