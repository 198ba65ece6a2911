namespace NixAiModels.Hub;

/// <summary>What a request is about, for messages.</summary>
internal sealed record HubSubject(
    HubEndpoint Endpoint,
    RepositoryId Repository,
    string? Revision = null,
    string? File = null
)
{
    /// <summary>"model org/name".</summary>
    public string Name => $"{Repository.TypeWord} {Repository}";

    /// <summary>Its page.</summary>
    public string Page => HubUrl.Page(Endpoint, Repository);
}
