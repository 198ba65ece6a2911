using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NixAiModels.Locking;

/// <summary>Writes a lock file so that it reads well in a diff: everything sorted, a line a file, nothing that changes
/// by itself.</summary>
public static class LockWriter
{
    /// <summary>The whole file, with a newline behind it.</summary>
    public static string Write(LockFile file)
    {
        var models = file
            .Models.OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => $"    {Quoted(model.Key)}: {Write(model.Value)}");
        return $$"""
            {
              "version": {{LockFile.Version}},
              "models": {{Block("{", models, "  }")}}
            }

            """;
    }

    /// <summary>One entry: equal texts are equal entries.</summary>
    public static string Write(LockEntry entry)
    {
        List<string> lines =
        [
            Field("repo", Quoted(entry.Repository.ToString())),
            Field("repoType", Quoted(entry.Repository.TypeWord)),
            Field("rev", Quoted(entry.Commit)),
        ];
        if (entry.Ref is not null)
            lines.Add(Field("ref", Quoted(entry.Ref)));
        if (entry.Frozen)
            lines.Add(Field("frozen", "true"));
        if (entry.Endpoint is not null)
            lines.Add(Field("endpoint", Quoted(entry.Endpoint)));
        foreach (var (word, patterns) in entry.Selection.Lists)
        {
            if (patterns.Count > 0)
                lines.Add(Field(word, $"[{string.Join(", ", patterns.Select(Quoted))}]"));
        }

        lines.Add(Field("size", Number(entry.Size)));
        var lfs = entry
            .Lfs.OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file =>
                $$"""        { "path": {{Quoted(file.Path)}}, "size": {{Number(file.Size)}}, "sha256": {{Quoted(file.Sha256)}} }"""
            );
        lines.Add(Field("lfs", Block("[", lfs, "      ]")));
        if (entry.RegularHash is { } hash)
        {
            var regular = entry
                .Regular.OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file =>
                    $$"""          { "path": {{Quoted(file.Path)}}, "size": {{file.Size}}, "oid": {{Quoted(file.Oid)}} }"""
                );
            lines.Add(
                Field(
                    "regular",
                    Block(
                        "{",
                        [
                            $"        \"hash\": {Quoted(hash.Sri)}",
                            $"        \"files\": {Block("[", regular, "        ]")}",
                        ],
                        "      }"
                    )
                )
            );
        }

        if (entry.Signatures.Count > 0)
        {
            lines.Add(
                Field(
                    "signatures",
                    Block(
                        "[",
                        entry
                            .Signatures.Select(signature => signature.Text)
                            .Order(StringComparer.Ordinal)
                            .Select(text => $"        {Quoted(text)}"),
                        "      ]"
                    )
                )
            );
        }

        return Block("{", lines, "    }");
    }

    private static string Field(string name, string value) => $"      \"{name}\": {value}";

    private static string Number(long? value) => value?.ToString() ?? "null";

    private static string Block(string open, IEnumerable<string> lines, string close)
    {
        var text = new StringBuilder(open).AppendJoin(',', lines.Select(line => $"\n{line}"));
        return text.Length == open.Length ? $"{open}{close.Trim()}" : text.Append('\n').Append(close).ToString();
    }

    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
