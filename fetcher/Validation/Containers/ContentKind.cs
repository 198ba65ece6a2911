namespace NixAiModels.Validation.Containers;

/// <summary>What a file, or a member of an archive, is by its first bytes.</summary>
internal enum ContentKind
{
    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>No known magic number: it may still be a pickle.</summary>
    Unknown,

    /// <summary>A zip (PyTorch, npz, Keras, DDUF …).</summary>
    Zip,

    /// <summary>A tar, with or without the magic number "ustar".</summary>
    Tar,

    /// <summary>gzip, RFC 1952.</summary>
    Gzip,

    /// <summary>zlib, RFC 1950.</summary>
    Zlib,

    /// <summary>joblib's oldest compressed format.</summary>
    ZFile,

    /// <summary>bzip2.</summary>
    Bzip2,

    /// <summary>xz.</summary>
    Xz,

    /// <summary>LZMA without a container.</summary>
    LzmaAlone,

    /// <summary>An LZ4 frame.</summary>
    Lz4,

    /// <summary>Zstandard, RFC 8878.</summary>
    Zstandard,

    /// <summary>7z.</summary>
    SevenZip,

    /// <summary>RAR.</summary>
    Rar,

    /// <summary>A numpy array.</summary>
    Npy,
}
