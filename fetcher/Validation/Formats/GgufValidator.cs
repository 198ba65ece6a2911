namespace NixAiModels.Validation.Formats;

/// <summary><c>gguf</c>: structure and bounds of every GGUF file, and the chat templates in it.</summary>
internal sealed class GgufValidator : IValidator
{
    private const string Format = "GGUF file";

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files.Where(file => file.Extension == ".gguf" || tree.TypeOf(file) == FileType.Gguf),
            Format,
            findings,
            file => CheckFile(tree, file, findings),
            cancellation
        );

    private static void CheckFile(ModelTree tree, ModelFile file, FindingList findings)
    {
        var gguf = GgufReader.Read(file.FullPath);
        foreach (var (key, text) in gguf.ChatTemplates)
            ChatTemplateFindings.Add(file, key, text, findings);
        foreach (var (offset, name) in gguf.UnusualNames)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                $"byte {offset}",
                $"unusual {name}",
                "The format requires ASCII keys and UTF-8 names; programs differ in how they read others.",
                "Ask the publisher which program wrote this file."
            );
        }

        foreach (var (name, type) in gguf.UnknownTypes)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                $"tensor {name}",
                $"unknown tensor type {type}",
                "Its size could not be checked.",
                "Update nix-ai-models."
            );
        }

        if (gguf.TrailingBytes > 0)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                "data",
                $"{gguf.TrailingBytes} bytes after the last tensor",
                "Readers of GGUF ignore them; another program may not.",
                "Ask the publisher about them."
            );
        }

        CheckSplit(tree, file, gguf, findings);
    }

    private static void CheckSplit(ModelTree tree, ModelFile file, GgufReader gguf, FindingList findings)
    {
        if (gguf.SplitCount < 2)
            return;
        var stem = file.Path.LastIndexOf("-of-", StringComparison.Ordinal) is var of and >= 6
            ? file.Path[..(of - 6)]
            : null;
        var there = stem is null
            ? 1
            : tree.Files.Count(other =>
                other.Path.StartsWith(stem + "-", StringComparison.Ordinal)
                && other.Path.EndsWith($"-of-{gguf.SplitCount:D5}.gguf", StringComparison.Ordinal)
            );
        if (there < (int)gguf.SplitCount)
        {
            findings.Add(
                Severity.Note,
                file.Path,
                "split.count",
                $"part {gguf.SplitNumber + 1} of {gguf.SplitCount}, of which {there} are present",
                "Programs need all parts to load the model.",
                "Select all of the parts."
            );
        }
    }
}
