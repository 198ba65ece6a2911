namespace NixAiModels.Validation.Checks;

/// <summary><c>noPickleFiles</c>: no file that a pickle loader would take, by name or by bytes.</summary>
internal sealed class NoPickleFiles : IValidator
{
    private static readonly HashSet<string> Extensions = new(StringComparer.Ordinal)
    {
        ".pkl",
        ".pickle",
        ".pck",
        ".pcl",
        ".p",
        ".pt",
        ".pth",
        ".pt2",
        ".ptl",
        ".ckpt",
        ".bin",
        ".joblib",
        ".npz",
        ".dill",
        ".dat",
        ".data",
        ".sav",
        ".mar",
        ".nemo",
        ".skops",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (Extensions.Contains(file.Extension) || BeginsAsPickle(file))
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        "is a pickle by content or by name",
                        "Loading a pickle runs code from it.",
                        "Use the model's safetensors files and exclude this one: exclude = [ \"*.bin\" \"*.pt\" ]."
                    );
                }
            },
            cancellation
        );

    // PROTO, which every pickle since Python 2.3 begins with; what is older or hidden is the pickle scanner's.
    private static bool BeginsAsPickle(ModelFile file)
    {
        using var bytes = new FileBytes(file.FullPath);
        return bytes.Peek(0, 2) is [0x80, >= 2 and <= 5];
    }
}
