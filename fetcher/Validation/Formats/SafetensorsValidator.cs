namespace NixAiModels.Validation.Formats;

/// <summary><c>safetensors</c>: every rule of the format for every file that claims to be one by name or by bytes, and
/// every index of shards.</summary>
internal sealed class SafetensorsValidator : IValidator
{
    private const string Format = "safetensors file";

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(
            tree.Files.Where(file => IsSafetensors(tree, file)),
            Format,
            findings,
            file => CheckFile(file, findings),
            cancellation
        );
        EachFile.Check(
            tree.Files.Where(IsIndex),
            "shard index",
            findings,
            file => ShardIndexCheck.Check(tree, file, findings),
            cancellation
        );
    }

    /// <summary>Whether a file is a safetensors file by its name or its bytes.</summary>
    public static bool IsSafetensors(ModelTree tree, ModelFile file) =>
        file.Extension == ".safetensors" || tree.TypeOf(file) == FileType.Safetensors;

    private static bool IsIndex(ModelFile file) => file.Name.EndsWith(".index.json", StringComparison.Ordinal);

    private static void CheckFile(ModelFile file, FindingList findings)
    {
        var header = SafetensorsHeader.Read(file.FullPath);
        if (header.UnknownKey is { } key)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                "header",
                $"unknown tensor attribute {Printable.Escape(key)}",
                "The format does not define it, and readers ignore it.",
                "Ask the publisher, or convert the file again."
            );
        }
    }
}
