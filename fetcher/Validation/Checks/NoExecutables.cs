namespace NixAiModels.Validation.Checks;

/// <summary><c>noExecutables</c>: no program, library or script, by bytes or by name.</summary>
internal sealed class NoExecutables : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (FileTypeProbe.IsProgram(tree.TypeOf(file)) || ProgramNames.IsProgramByName(file))
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        "is a program, a library or a script",
                        "A model needs no programs.",
                        "Exclude it."
                    );
                }
            },
            cancellation
        );
}
