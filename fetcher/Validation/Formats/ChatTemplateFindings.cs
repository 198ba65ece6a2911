namespace NixAiModels.Validation.Formats;

/// <summary>Makes findings of a chat template: that it is there, and what it does that rendering never needs.</summary>
internal static class ChatTemplateFindings
{
    private const int LongestTemplate = 4 * 1024 * 1024;

    /// <summary>Adds a note on the template, or a finding for each suspicion.</summary>
    /// <param name="file">The file that holds the template.</param>
    /// <param name="place">Where in it: a key.</param>
    /// <param name="template">The template.</param>
    /// <param name="findings">Takes the findings.</param>
    public static void Add(ModelFile file, string place, string template, FindingList findings)
    {
        var suspicions =
            template.Length > LongestTemplate ? ["is too long to inspect"] : ChatTemplate.Suspicions(template);
        if (suspicions.Count == 0)
        {
            findings.Add(
                Severity.Note,
                file.Path,
                place,
                $"chat template of {template.Length} characters",
                "A chat template is a program (Jinja2) that shapes each prompt.",
                "No action is required if the program renders it in a sandbox, as common ones do."
            );
        }

        foreach (var suspicion in suspicions)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                place,
                $"chat template that {suspicion}",
                "Conversations never need this; outside Jinja's sandbox it can run code on the machine (as "
                    + "in CVE-2024-34359).",
                "Render it in a sandbox only (transformers and llama.cpp do), or use the template of the base model."
            );
        }
    }
}
