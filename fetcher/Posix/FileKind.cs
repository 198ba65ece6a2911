namespace NixAiModels.Posix;

/// <summary>The type bits of <c>st_mode</c> (inode(7)).</summary>
internal enum FileKind
{
    /// <summary>A pipe, a socket or a device.</summary>
    Other = 0,

    /// <summary>A folder.</summary>
    Folder = 0x4000,

    /// <summary>A regular file.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link.</summary>
    Link = 0xa000,
}
