namespace NixAiModels.Validation.Checks;

/// <summary><c>safetensorsOnly</c>: weights in safetensors or GGUF; every other file is text, a picture or sound, by
/// name and by bytes.</summary>
internal sealed class SafetensorsOnly : IValidator
{
    private const string Why = "Only formats that hold nothing but tensors, text, pictures or sound are allowed.";

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (!PlainFiles.IsAllowed(file, tree.TypeOf(file)))
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        "neither safetensors nor GGUF, nor known text, picture or sound",
                        Why,
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
                Why,
                "Use a repository that has safetensors, or a preset other than strict."
            );
        }
    }
}
