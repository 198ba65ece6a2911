namespace NixAiModels.Validation;

/// <summary>The kind of an entry in the model's folder.</summary>
internal enum EntryKind
{
    /// <summary>A regular file, or a link between store paths that leads to one.</summary>
    Regular,

    /// <summary>A symbolic link to a file inside the model.</summary>
    LinkToFile,

    /// <summary>A symbolic link to a folder inside the model.</summary>
    LinkToFolder,

    /// <summary>A symbolic link that leads out of the model, or nowhere.</summary>
    LinkOutside,

    /// <summary>A pipe, socket or device.</summary>
    Special,

    /// <summary>A folder or file whose facts could not be read.</summary>
    Unreadable,
}

/// <summary>An entry of the model's folder other than a folder.</summary>
/// <param name="Path">Path relative to the model, with slashes.</param>
/// <param name="FullPath">Where its content is on this machine; never part of a report.</param>
/// <param name="Kind">The kind of the entry.</param>
/// <param name="Size">Bytes of the content; 0 where there is none.</param>
/// <param name="LinkTarget">A link's text as written, else <see langword="null"/>.</param>
internal sealed record ModelFile(string Path, string FullPath, EntryKind Kind, long Size, string? LinkTarget = null)
{
    /// <summary>The last part of the path, in lower case: names are compared as careless file systems do.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(Path).ToLowerInvariant();

    /// <summary>The name's extension with its dot, in lower case; empty if none.</summary>
    public string Extension => System.IO.Path.GetExtension(Name);

    /// <summary>The folder's relative path with a trailing slash; empty for the model's root.</summary>
    public string Folder => Path[..(Path.LastIndexOf('/') + 1)];

    /// <summary>Whether there is content to look into.</summary>
    public bool HasContent => Kind is EntryKind.Regular or EntryKind.LinkToFile;
}
