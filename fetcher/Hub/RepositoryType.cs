namespace NixAiModels.Hub;

/// <summary>The kind of a repository of the Hub.</summary>
public enum RepositoryType
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>A dataset.</summary>
    Dataset,

    /// <summary>A space: an application.</summary>
    Space,

    /// <summary>A kernel: compiled code for accelerators, which the <c>kernels</c> library loads.</summary>
    Kernel,
}
