namespace NixAiModels.Validation.Formats;

/// <summary>Makes findings of a chat template: that it is there, and what it does that rendering never needs.</summary>
internal static class ChatTemplateFindings
{
    private const int LongestTemplate = 4 * 1024 * 1024;

    /// <summary>Adds them.</summary>
    /// <param name="file">The file that holds the template.</param>
    /// <param name="place">Where in it: a key.</param>
    /// <param name="template">The template.</param>
    /// <param name="findings">Where findings go.</param>
    public static void Add(ModelFile file, string place, string template, FindingList findings)
    {
        var suspicions =
            template.Length > LongestTemplate
                ? ["is too long to be looked through"]
                : ChatTemplate.Suspicions(template);
        if (suspicions.Count == 0)
        {
            findings.Add(
                Severity.Note,
                file.Path,
                place,
                $"has a chat template of {template.Length} characters",
                "A chat template is a program (Jinja2) that shapes each prompt.",
                "Nothing, if the program that renders it uses a sandbox, as the usual ones do."
            );
        }

        foreach (var suspicion in suspicions)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                place,
                $"has a chat template (chat_template) that {suspicion}",
                "Rendering a conversation never needs this; without Jinja's sandbox it can run code on the machine (as CVE-2024-34359).",
                "Render it in a sandbox only (transformers and llama.cpp do), or replace the template with the base model's."
            );
        }
    }
}
