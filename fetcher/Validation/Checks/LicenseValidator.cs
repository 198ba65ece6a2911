using System.Text;

namespace NixAiModels.Validation.Checks;

/// <summary><c>license [ … ]</c>: the model card states a licence, one of those that are accepted.</summary>
/// <remarks>The card's metadata is the YAML between the <c>---</c> lines at the top of README.md
/// (https://github.com/huggingface/hub-docs, <c>modelcard.md</c>).</remarks>
/// <param name="accepted">Licences as cards spell them (<c>apache-2.0</c>), compared without regard to case; empty
/// accepts any.</param>
internal sealed class LicenseValidator(IReadOnlyList<string> accepted) : IValidator
{
    private const int LongestCard = 1024 * 1024;

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        var card = tree.Files.FirstOrDefault(file => file.Path == "README.md");
        var stated = card is null ? [] : Stated(card);
        if (accepted.Count == 0 && (stated.Count > 0 || tree.Files.Any(IsLicenceText)))
            return;
        if (stated.Count == 0)
        {
            findings.Add(
                Severity.Suspicious,
                card?.Path ?? string.Empty,
                null,
                "the model states no licence",
                "Without a licence there is no permission to use it.",
                "Select README.md too (files, include); if its card has no licence, ask the publisher or "
                    + "disable the check: disable = [ \"license\" ]."
            );
        }
        else if (
            accepted.Count > 0
            && !stated.Any(license => accepted.Contains(license, StringComparer.OrdinalIgnoreCase))
        )
        {
            findings.Add(
                Severity.Suspicious,
                card!.Path,
                "license",
                $"states the licence {Printable.Escape(string.Join(", ", stated))}, which is not accepted",
                "The model's definition lists the accepted licences.",
                $"If you accept it, add it: validators.license [ \"{Printable.Escape(stated[0])}\" ]."
            );
        }
    }

    private static bool IsLicenceText(ModelFile file) =>
        file.Size > 0
        && file.Folder.Length == 0
        && (
            file.Name.StartsWith("license", StringComparison.Ordinal)
            || file.Name.StartsWith("licence", StringComparison.Ordinal)
            || file.Name is "copying"
        );

    private static List<string> Stated(ModelFile card)
    {
        using var bytes = new FileBytes(card.FullPath);
        var lines = Encoding.UTF8.GetString(bytes.Peek(0, LongestCard)).ReplaceLineEndings("\n").Split('\n');
        var licences = new List<string>();
        var inList = false;
        foreach (
            var line in lines[0].TrimEnd() == "---" ? lines.Skip(1).TakeWhile(line => line.TrimEnd() != "---") : []
        )
        {
            if (inList && line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                licences.Add(Value(line.TrimStart()[2..]));
                continue;
            }

            inList =
                line.StartsWith("license:", StringComparison.Ordinal) && Value(line["license:".Length..]).Length == 0;
            // license: other is explained by license_name.
            if (
                line.StartsWith("license:", StringComparison.Ordinal)
                || line.StartsWith("license_name:", StringComparison.Ordinal)
            )
            {
                licences.AddRange(
                    Value(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..])
                        .Trim('[', ']')
                        .Split(',')
                        .Select(Value)
                );
            }
        }

        return [.. licences.Where(licence => licence.Length > 0)];
    }

    private static string Value(string text)
    {
        var comment = text.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? text : text[..comment]).Trim().Trim('"', '\'');
    }
}
