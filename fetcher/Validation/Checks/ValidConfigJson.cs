using System.Text.Json;

namespace NixAiModels.Validation.Checks;

/// <summary><c>validConfigJson</c>: the model has a configuration, and each is valid JSON: one object, no key
/// twice.</summary>
internal sealed class ValidConfigJson : IValidator
{
    private static readonly HashSet<string> Configurations = new(StringComparer.Ordinal)
    {
        "config.json",
        "model_index.json",
        "adapter_config.json",
        "params.json",
        "open_clip_config.json",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(
            tree.Files.Where(IsConfiguration),
            "configuration",
            findings,
            file =>
            {
                using var json = StrictJson.Read(file);
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    throw new BrokenFileException("line 1", "not a JSON object");
            },
            cancellation
        );
        // A GGUF file holds its own configuration.
        if (
            !tree.Files.Any(file => Configurations.Contains(file.Name))
            && !tree.Files.Any(file => file.Extension == ".gguf")
        )
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                "the model has no config.json",
                "Without it a program cannot know the architecture.",
                "Select it too (files, include), or disable the check: disable = [ \"validConfigJson\" ]."
            );
        }
    }

    private static bool IsConfiguration(ModelFile file) =>
        Configurations.Contains(file.Name) || file.Name.EndsWith("_config.json", StringComparison.Ordinal);
}
