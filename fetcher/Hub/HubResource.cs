namespace NixAiModels.Hub;

/// <summary>What a request is about, for messages.</summary>
internal sealed record HubResource(
    HubEndpoint Endpoint,
    RepositoryId Repository,
    string? Revision = null,
    string? FilePath = null
)
{
    /// <summary>"org/name"; a dataset's or space's name comes after its type.</summary>
    public string Name =>
        Repository.Type == RepositoryType.Model ? Repository.ToString() : $"{Repository.TypeWord} {Repository}";

    /// <summary>The URL of its page.</summary>
    public string Page => HubUrl.Page(Endpoint, Repository);
}
