namespace NixAiModels.Validation.Pickle;

/// <summary>Names under which programs expect a pickle, or an archive of them, and load it as one.</summary>
internal static class PickleName
{
    /// <summary>Whether the name's extension, in any case, says so. <c>.bin</c>, <c>.ckpt</c> and <c>.model</c> do not:
    /// much else is called that.</summary>
    public static bool IsPickle(string name) =>
        Path.GetExtension(name).ToLowerInvariant()
            is ".pkl"
                or ".pickle"
                or ".pt"
                or ".pth"
                or ".ptl"
                or ".joblib"
                or ".npy"
                or ".npz"
                or ".dill";

    /// <summary>Whether programs (pandas, joblib) decompress a file of that name before they load it, whatever its
    /// first bytes.</summary>
    public static bool IsCompressed(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".gz" or ".bz2" or ".xz" or ".lzma" or ".lz4" or ".zst";

    /// <summary>Whether the name is that of an archive which people extract, and loaders do not.</summary>
    public static bool IsSevenZipOrRar(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".7z" or ".rar"
        || Path.GetFileName(name).Contains(".7z.", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a member of an archive would run under that name once it is extracted.</summary>
    public static bool IsProgram(string name) =>
        Path.GetExtension(name).ToLowerInvariant()
            is ".py"
                or ".pyc"
                or ".pyd"
                or ".so"
                or ".dll"
                or ".dylib"
                or ".exe"
                or ".sh"
                or ".jar"
                or ".whl"
        || Path.GetFileName(name).Contains(".so.", StringComparison.Ordinal);

    /// <summary>Whether weights have such a name: the file is then not a text that happens to begin like a
    /// pickle.</summary>
    public static bool IsWeights(string name) =>
        IsPickle(name)
        || Path.GetExtension(name).ToLowerInvariant()
            is ".bin"
                or ".ckpt"
                or ".weights"
                or ".model"
                or ".data"
                or ".dat";
}
