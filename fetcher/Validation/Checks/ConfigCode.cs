using System.Text;
using System.Text.Json;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Validation.Checks;

/// <summary>What a JSON configuration asks of the program that reads it: code of the repository, and
/// templates.</summary>
/// <remarks>Keys are those of transformers (<c>dynamic_module_utils.py</c>, <c>configuration_utils.py</c>), diffusers
/// (<c>pipelines/pipeline_loading_utils.py</c>), sentence-transformers (<c>modules.json</c>), peft and Hydra.</remarks>
internal static class ConfigCode
{
    private const int LongestConfig = 512 * 1024 * 1024;
    private const int LongConfig = 64 * 1024 * 1024;
    private const int MaxDepth = 1024;

    // All cores at once would take gigabytes.
    private static readonly Lock OneLongConfig = new();

    /// <summary>Adds what one file asks for.</summary>
    public static void Check(ModelTree tree, ModelFile file, FindingList findings)
    {
        if (file.Size == 0)
            return;
        if (file.Size > LongestConfig)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                null,
                $"{file.Size} bytes of JSON are too many to inspect",
                "Data may be this long; a configuration is not.",
                "Exclude it if the model does not need it."
            );
            return;
        }

        if (file.Size <= LongConfig)
        {
            CheckContent(tree, file, findings);
            return;
        }

        lock (OneLongConfig)
            CheckContent(tree, file, findings);
    }

    private static void CheckContent(ModelTree tree, ModelFile file, FindingList findings)
    {
        var json = FileBytes.ReadAll(file.FullPath, LongestConfig);
        PythonConstants.Replace(json);
        var text = json.AsSpan();
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var key = string.Empty;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    key = reader.ValueSpan.Length > 64 ? string.Empty : reader.GetString()!;
                else
                    CheckValue(tree, file, key, ref reader, findings);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            AddBroken(file, text[(int)reader.BytesConsumed..], reader.BytesConsumed, findings);
            return;
        }

        if (file.Name == "model_index.json")
            DiffusersIndex.Check(tree, file, text.ToArray(), findings);
        else if (file.Name == "modules.json")
            CheckModules(file, text.ToArray(), findings);
    }

    private static void CheckValue(
        ModelTree tree,
        ModelFile file,
        string key,
        ref Utf8JsonReader reader,
        FindingList findings
    )
    {
        switch (key)
        {
            case "auto_map"
                when reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.String:
                Add(
                    file,
                    key,
                    $"asks for code: auto_map names {Names(ref reader)}",
                    "trust_remote_code=True downloads and runs it, possibly from another repository.",
                    findings
                );
                break;
            case "custom_pipelines"
            or "custom_pipeline" when reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String:
                Add(
                    file,
                    key,
                    $"asks for code: {key} names {Names(ref reader)}",
                    "trust_remote_code=True runs it.",
                    findings
                );
                break;
            case "trust_remote_code"
                when reader.TokenType == JsonTokenType.True
                    || (reader.TokenType == JsonTokenType.String && reader.GetString()!.Length > 0):
                Add(
                    file,
                    key,
                    "sets trust_remote_code",
                    "A program that reads its options from this file runs the repository's code.",
                    findings
                );
                break;
            case "parent_library"
                when reader.TokenType == JsonTokenType.String
                    && reader.GetString() is { } library
                    && !(
                        library.StartsWith("transformers", StringComparison.Ordinal)
                        || library.StartsWith("diffusers", StringComparison.Ordinal)
                        || library.StartsWith("peft", StringComparison.Ordinal)
                    ):
                Add(
                    file,
                    key,
                    $"imports the library {Printable.Escape(library)}",
                    "peft imports the library that parent_library names.",
                    findings
                );
                break;
            case "attn_implementation"
            or "_attn_implementation"
            or "experts_implementation" when reader.TokenType is JsonTokenType.String or JsonTokenType.StartObject:
                foreach (var name in Values(ref reader))
                    ImportedNames.CheckAttention(file, key, name, findings);
                break;
            case "types" when reader.TokenType == JsonTokenType.StartObject && file.Name == "router_config.json":
                foreach (var name in Values(ref reader))
                    ImportedNames.CheckRouter(tree, file, name, findings);
                break;
            case var name when reader.TokenType == JsonTokenType.String && ImportedNames.IsActivation(name):
                ImportedNames.CheckActivation(file, key, reader.GetString()!, findings);
                break;
            case "_target_" when reader.TokenType == JsonTokenType.String:
            case "target"
            or "class_path" when reader.TokenType == JsonTokenType.String && ImportedNames.IsPath(reader.GetString()!):
                Add(
                    file,
                    key,
                    $"Hydra target: {Printable.Escape(reader.GetString()!)}",
                    "hydra.utils.instantiate, NeMo and Lightning import and call it.",
                    findings
                );
                break;
            case "chat_template" when reader.TokenType == JsonTokenType.String:
                ChatTemplateFindings.Add(file, key, reader.GetString()!, findings);
                break;
            case "chat_template"
                when reader.TokenType == JsonTokenType.StartArray || reader.TokenType == JsonTokenType.StartObject:
                foreach (var template in Strings(ref reader))
                    ChatTemplateFindings.Add(file, key, template, findings);
                break;
        }
    }

    private static string Names(ref Utf8JsonReader reader) =>
        Printable.Escape(string.Join(", ", Values(ref reader).Take(8)));

    private static List<string> Values(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? [reader.GetString()!] : Strings(ref reader);

    // Every string value in the array or object that the reader stands at; it then stands at the end.
    private static List<string> Strings(ref Utf8JsonReader reader)
    {
        var strings = new List<string>();
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.String)
                strings.Add(reader.GetString()!);
        }

        return strings;
    }

    private static void Add(ModelFile file, string key, string message, string why, FindingList findings) =>
        findings.Add(
            Severity.Report,
            file.Path,
            key,
            message,
            why,
            "Leave trust_remote_code off, or review the code at the pinned revision first."
        );

    private static void AddBroken(ModelFile file, ReadOnlySpan<byte> rest, long offset, FindingList findings)
    {
        findings.Add(
            Severity.Report,
            file.Path,
            $"byte {offset}",
            "invalid JSON",
            "Programs reject it, or differ in how they read it.",
            "Download it again and compare its sha256 with the Hub's."
        );
        foreach (var key in (ReadOnlySpan<string>)["auto_map", "trust_remote_code"])
        {
            if (rest.IndexOf(Encoding.UTF8.GetBytes(key)) >= 0)
            {
                Add(
                    file,
                    key,
                    $"mentions {key} after the JSON becomes invalid",
                    "A lenient program may accept it.",
                    findings
                );
            }
        }
    }

    private static void CheckModules(ModelFile file, ReadOnlyMemory<byte> text, FindingList findings)
    {
        using var json = JsonDocument.Parse(text);
        foreach (
            var module in json.RootElement.ValueKind == JsonValueKind.Array
                ? json.RootElement.EnumerateArray().ToArray()
                : []
        )
        {
            if (
                module.ValueKind == JsonValueKind.Object
                && module.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String
                && type.GetString() is { } name
                && !name.StartsWith("sentence_transformers.", StringComparison.Ordinal)
            )
            {
                Add(
                    file,
                    "type",
                    $"asks for the class {Printable.Escape(name)}",
                    "sentence-transformers imports it, from the repository with trust_remote_code=True.",
                    findings
                );
            }
        }
    }
}
