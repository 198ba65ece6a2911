namespace NixAiModels.Hub;

/// <summary>What a repository of the Hub holds.</summary>
public enum RepositoryType
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>A dataset.</summary>
    Dataset,

    /// <summary>A space: an application.</summary>
    Space,
}
