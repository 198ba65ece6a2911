namespace NixAiModels.Validation;

/// <summary>What a file is by its bytes; the words (in lower case) that <c>fileTypes</c> takes.</summary>
internal enum FileType
{
    /// <summary>Bytes of no format that is looked for: raw weights, pictures, …</summary>
    Data,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Text, JSON included.</summary>
    Text,

    /// <summary>The text that Git LFS keeps in place of a file.</summary>
    LfsPointer,

    /// <summary>A safetensors header.</summary>
    Safetensors,

    /// <summary>GGUF.</summary>
    Gguf,

    /// <summary>A zip: PyTorch, Keras, npz, …</summary>
    Zip,

    /// <summary>HDF5.</summary>
    Hdf5,

    /// <summary>A numpy array.</summary>
    Npy,

    /// <summary>A compressed stream: gzip, bzip2, xz, zstd, lz4, 7z or RAR.</summary>
    Compressed,

    /// <summary>A Linux program or library.</summary>
    Elf,

    /// <summary>A Windows (or cosmopolitan) program or library.</summary>
    Pe,

    /// <summary>A macOS program or library.</summary>
    MachO,

    /// <summary>A WebAssembly module.</summary>
    Wasm,

    /// <summary>A Java class or an Android program.</summary>
    Java,

    /// <summary>A script that names its interpreter (<c>#!</c>).</summary>
    Script,
}
