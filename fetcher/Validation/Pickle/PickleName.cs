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
