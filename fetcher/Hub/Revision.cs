namespace NixAiModels.Hub;

/// <summary>A resolved revision of a repository.</summary>
/// <param name="Repository">The repository, as the Hub spells it.</param>
/// <param name="Commit">The commit that it names.</param>
public sealed record Revision(RepositoryId Repository, CommitId Commit)
{
    /// <summary>Whether its files require an accepted licence.</summary>
    public bool IsGated { get; init; }

    /// <summary>Whether only some accounts can see it.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The paths of its files where the Hub names them (<c>siblings</c>); a mirror may cut the list.</summary>
    public IReadOnlyList<string>? Paths { get; init; }
}
