using System.Text;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Validation.Checks;

/// <summary><c>optInCode</c>: what brings code along that runs only when the user opts in: <c>auto_map</c>, Python
/// files, chat templates, programs, TorchScript.</summary>
internal sealed class OptInCodeValidator : IValidator
{
    private const int LongestTemplate = 16 * 1024 * 1024;

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (ProgramNames.IsPython(file))
                {
                    Add(findings, file, "is Python code", "trust_remote_code=True runs it.");
                }
                else if (
                    ProgramNames.IsProgram(file)
                    && (FileTypeProbe.IsProgram(tree.TypeOf(file)) || ProgramNames.IsProgramByName(file))
                )
                {
                    Add(
                        findings,
                        file,
                        "is a program, a library or a script",
                        "It runs with all permissions of the user who starts it."
                    );
                }
                else if (file.Extension is ".json" or ".jsonc")
                {
                    ConfigCode.Check(tree, file, findings);
                }
                else if (file.Extension is ".jinja" or ".jinja2" or ".j2")
                {
                    ChatTemplateFindings.Add(file, "chat_template", ReadText(file), findings);
                }
                else if (file.Extension is ".yaml" or ".yml")
                {
                    YamlCode.Check(file, findings);
                }
                else
                {
                    if (tree.TypeOf(file) == FileType.Zip)
                        CheckTorchScript(file, findings, cancellation);
                    RunnableFormats.Check(file, findings, cancellation);
                    ArchivedConfigs.Check(file, findings, cancellation);
                }
            },
            cancellation
        );

    private static void Add(FindingList findings, ModelFile file, string message, string why) =>
        findings.Add(Severity.Report, file.Path, null, message, why, "Exclude it, or review it before running it.");

    private static string ReadText(ModelFile file) =>
        Encoding.UTF8.GetString(FileBytes.ReadAll(file.FullPath, LongestTemplate));

    // torch/csrc/jit/docs/serialization.md: code/ holds the functions as text, constants.pkl their constants.
    private static void CheckTorchScript(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var source = new FileSource(file.FullPath);
        try
        {
            var zip = ZipReader.Read(source, cancellation);
            var code = zip.Entries.FirstOrDefault(entry =>
                entry.Name.Contains("/code/", StringComparison.Ordinal)
                && entry.Name.EndsWith(".py", StringComparison.Ordinal)
            );
            if (code is not null)
            {
                findings.Add(
                    Severity.Report,
                    file.Path,
                    $"entry {Printable.Escape(code.Name)}",
                    "TorchScript code",
                    "torch.jit.load and the model run it; TorchScript operators can write files.",
                    "Use the model's safetensors files, or run it in a sandbox."
                );
            }
        }
        catch (UnscannableException)
        {
            // The pickle scanner says what is wrong with it.
        }
    }
}
