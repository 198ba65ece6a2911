namespace NixAiModels.Validation.Checks;

/// <summary><c>noPickleFiles</c>: no file that a pickle loader would take, by name or by bytes.</summary>
internal sealed class NoPickleFiles : IValidator
{
    private static readonly HashSet<string> _extensions = new(StringComparer.Ordinal)
    {
        ".pkl", ".pickle", ".pck", ".pcl", ".p", ".pt", ".pth", ".pt2", ".ptl", ".ckpt", ".bin", ".joblib", ".npz", ".dill", ".dat", ".data", ".sav", ".mar", ".nemo", ".skops",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(tree.Files, "file", findings, cancellation, file =>
        {
            if (_extensions.Contains(file.Extension) || PickleScanValidator.IsPickle(file))
            {
                findings.Add(Severity.Suspicious, file.Path, null, "is a pickle, or has the name of one", "Loading a pickle runs what it says.",
                    "Use the model's safetensors files, and leave this one out: exclude = [ \"*.bin\" \"*.pt\" ].");
            }
        });
}

/// <summary><c>safetensorsOnly</c>: weights in safetensors or GGUF, in no other format.</summary>
internal sealed class SafetensorsOnly : IValidator
{
    private static readonly HashSet<string> _otherWeights = new(StringComparer.Ordinal)
    {
        ".pkl", ".pickle", ".pt", ".pth", ".pt2", ".ptl", ".ckpt", ".bin", ".joblib", ".npy", ".npz", ".h5", ".hdf5", ".keras", ".onnx", ".ort", ".pb", ".tflite", ".msgpack",
        ".mlmodel", ".mlpackage", ".nemo", ".pte", ".ot", ".dduf", ".llamafile", ".engine", ".plan", ".mar", ".zip", ".tar", ".gz", ".bz2", ".xz", ".zst", ".7z",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(tree.Files, "file", findings, cancellation, file =>
        {
            if (_otherWeights.Contains(file.Extension) || tree.TypeOf(file) is FileType.Zip or FileType.Hdf5 or FileType.Npy or FileType.Compressed)
            {
                findings.Add(Severity.Suspicious, file.Path, null, "has a format other than safetensors and GGUF", "Only these two hold nothing but tensors and text.",
                    "Leave it out (exclude), or take a repository that has safetensors.");
            }
        });
        if (!tree.Files.Any(file => file.Extension is ".safetensors" or ".gguf"))
        {
            findings.Add(Severity.Suspicious, string.Empty, null, "the model has no safetensors and no GGUF file", "There are no weights in a format that holds only weights.",
                "Take a repository that has safetensors, or a preset other than strict.");
        }
    }
}

/// <summary><c>noPythonCode</c>: no Python file.</summary>
internal sealed class NoPythonCode : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var file in tree.Entries.Where(ProgramNames.IsPython))
        {
            findings.Add(Severity.Suspicious, file.Path, null, "is Python code", "trust_remote_code=True runs it.", "Leave it out: exclude = [ \"*.py\" ].");
        }
    }
}

/// <summary><c>noExecutables</c>: no program, library or script, by bytes or by name.</summary>
internal sealed class NoExecutables : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(tree.Files, "file", findings, cancellation, file =>
        {
            if (FileTypeProbe.IsProgram(tree.TypeOf(file)) || ProgramNames.IsProgramByName(file))
                findings.Add(Severity.Suspicious, file.Path, null, "is a program, a library or a script", "A model needs none.", "Leave it out (exclude).");
        });
}

/// <summary><c>noSymlinks</c>: no symbolic link, not even within the model.</summary>
internal sealed class NoSymlinks : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var entry in tree.Entries.Where(entry => entry.LinkTarget is not null))
        {
            findings.Add(Severity.Suspicious, entry.Path, null, $"is a link to '{Printable.Of(entry.LinkTarget!)}'", "What a link leads to can change; a model has files only.",
                "Copy the model with its links resolved: cp -rL FROM TO.");
        }
    }
}
