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
        foreach (var (offset, name) in gguf.OddNames)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                $"byte {offset}",
                $"has the {name}",
                "The format wants ASCII keys and names in UTF-8; programs differ in what they make of others.",
                "Ask the publisher what wrote this file."
            );
        }

        foreach (var (name, type) in gguf.UnknownTypes)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                $"tensor {name}",
                $"has the type {type}, which this version does not know",
                "Its size could not be checked.",
                "Update nix-ai-models."
            );
        }

        if (gguf.Behind > 0)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                "data",
                $"has {gguf.Behind} bytes behind its last tensor",
                "No reader of GGUF looks at them; another program may.",
                "Ask the publisher what they are."
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
                $"is part {gguf.SplitNumber + 1} of {gguf.SplitCount}, and {there} are here",
                "Programs load the parts only together.",
                "Select all of the parts."
            );
        }
    }
}
