namespace NixAiModels.Validation.Checks;

/// <summary><c>safetensorsOnly</c>: weights in safetensors or GGUF, in no other format.</summary>
internal sealed class SafetensorsOnly : IValidator
{
    private static readonly HashSet<string> OtherWeights = new(StringComparer.Ordinal)
    {
        ".pkl",
        ".pickle",
        ".pt",
        ".pth",
        ".pt2",
        ".ptl",
        ".ckpt",
        ".bin",
        ".joblib",
        ".npy",
        ".npz",
        ".h5",
        ".hdf5",
        ".keras",
        ".onnx",
        ".ort",
        ".pb",
        ".tflite",
        ".msgpack",
        ".mlmodel",
        ".mlpackage",
        ".nemo",
        ".pte",
        ".ot",
        ".dduf",
        ".llamafile",
        ".engine",
        ".plan",
        ".mar",
        ".zip",
        ".tar",
        ".gz",
        ".bz2",
        ".xz",
        ".zst",
        ".7z",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (
                    OtherWeights.Contains(file.Extension)
                    || tree.TypeOf(file) is FileType.Zip or FileType.Hdf5 or FileType.Npy or FileType.Compressed
                )
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        "neither safetensors nor GGUF",
                        "Only these two formats hold nothing but tensors and text.",
                        "Exclude it, or use a repository that has safetensors."
                    );
                }
            },
            cancellation
        );
        if (!tree.Files.Any(file => file.Extension is ".safetensors" or ".gguf"))
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                "the model has no safetensors and no GGUF file",
                "Only these two formats hold nothing but tensors and text.",
                "Use a repository that has safetensors, or a preset other than strict."
            );
        }
    }
}
