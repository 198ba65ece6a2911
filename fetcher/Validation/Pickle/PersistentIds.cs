namespace NixAiModels.Validation.Pickle;

/// <summary>Who resolves a stream's persistent ids.</summary>
internal enum PersistentIds
{
    /// <summary>Nobody: Python raises.</summary>
    None,

    /// <summary>torch.load: ("storage", class, key, location, count) or ("module", class, file, source).</summary>
    Torch,

    /// <summary>torch.load of a tar of 2016: a number, or (class, file, source).</summary>
    TorchTar,
}
