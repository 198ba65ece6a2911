using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

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
                var isNamed = Extensions.Contains(file.Extension) && !IsOnnxData(file);
                if (isNamed || BeginsAsPickle(file) || HoldsPickle(tree, file, cancellation))
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

    // Raw tensors, which model.onnx names.
    private static bool IsOnnxData(ModelFile file) =>
        file.Name.EndsWith(".onnx.data", StringComparison.Ordinal)
        || file.Name.EndsWith(".onnx_data", StringComparison.Ordinal);

    // torch.load goes by the bytes: model_best.pth.tar is a zip like any other checkpoint.
    private static bool HoldsPickle(ModelTree tree, ModelFile file, CancellationToken cancellation)
    {
        if (tree.TypeOf(file) != FileType.Zip)
            return file.Name.EndsWith(".pth.tar", StringComparison.Ordinal);
        using var source = new FileSource(file.FullPath);
        try
        {
            return ZipReader
                .Read(source, cancellation)
                .Entries.Any(entry =>
                    PickleName.IsPickle(entry.Name) && !entry.Name.EndsWith(".npy", StringComparison.Ordinal)
                );
        }
        catch (UnscannableException)
        {
            return true;
        }
    }

    // PROTO, which every pickle since Python 2.3 begins with; what is older or hidden is the pickle scanner's.
    private static bool BeginsAsPickle(ModelFile file)
    {
        using var bytes = new FileBytes(file.FullPath);
        return bytes.Peek(0, 2) is [0x80, >= 2 and <= 5];
    }
}
