using System.Text.Encodings.Web;
using System.Text.Json;

namespace NixAiModels.Locking;

/// <summary>Writes a lock file so that it reads well in a diff: everything sorted, one line per file, nothing that
/// changes by itself.</summary>
/// <remarks>By hand, since the bytes are a contract: two lock files with the same content are the same text. No JSON
/// writer puts an object on one line and its parent on several.</remarks>
public static class LockWriter
{
    /// <summary>The whole file, ending in a newline.</summary>
    public static string Write(LockFile file)
    {
        var models = file
            .Models.OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => Field(model.Key, Entry(model.Value)));
        return Block('{', [Field("version", $"{LockFile.Version}"), Field("models", Block('{', models, '}'))], '}')
            + "\n";
    }

    /// <summary>One entry as it stands in the file: equal texts are equal entries.</summary>
    public static string Write(LockEntry entry) => Indented(Indented(Entry(entry)));

    private static string Entry(LockEntry entry)
    {
        List<string> fields = entry switch
        {
            RepositoryEntry repository => Fields(repository),
            FileEntry files => Fields(files),
            _ => throw new ArgumentException($"no form of {entry.GetType()}", nameof(entry)),
        };
        if (entry.Signatures.Count > 0)
        {
            var signatures = entry.Signatures.Select(signature => signature.Text).Order(StringComparer.Ordinal);
            fields.Add(Field("signatures", Block('[', signatures.Select(Quoted), ']')));
        }

        return Block('{', fields, '}');
    }

    private static List<string> Fields(FileEntry entry)
    {
        List<string> fields = [Field("source", Quoted(entry.Source))];
        if (entry.Ref is not null)
            fields.Add(Field("ref", Quoted(entry.Ref)));
        if (entry.Revision is not null)
            fields.Add(Field("rev", Quoted(entry.Revision)));
        if (entry.Frozen)
            fields.Add(Field("frozen", "true"));
        if (entry.Manifest is not null)
            fields.Add(Field("manifest", Quoted(entry.Manifest)));
        fields.Add(Field("size", Number(entry.Size)));
        var files = entry
            .Files.OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file =>
                FileLine(file.Path, file.Size, "sha256", file.Sha256.Hex)[..^2]
                + $", {Field("urls", $"[{string.Join(", ", file.Urls.Select(Quoted))}]")} }}"
            );
        fields.Add(Field("files", Block('[', files, ']')));
        return fields;
    }

    private static List<string> Fields(RepositoryEntry entry)
    {
        List<string> fields =
        [
            Field("repo", Quoted(entry.Repository.ToString())),
            Field("repoType", Quoted(entry.Repository.TypeWord)),
            Field("rev", Quoted(entry.Commit.ToString())),
        ];
        if (entry.Ref is not null)
            fields.Add(Field("ref", Quoted(entry.Ref)));
        if (entry.Frozen)
            fields.Add(Field("frozen", "true"));
        if (entry.Endpoint is not null)
            fields.Add(Field("endpoint", Quoted(entry.Endpoint)));
        foreach (var (word, patterns) in entry.Selection.Lists)
        {
            if (patterns.Count > 0)
            {
                var items = string.Join(", ", patterns.Select(Quoted));
                fields.Add(Field(word, word is "quant" or "mmproj" ? items : $"[{items}]"));
            }
        }

        fields.Add(Field("size", Number(entry.Size)));
        var lfs = entry
            .Lfs.OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => FileLine(file.Path, file.Size, "sha256", file.Sha256.Hex));
        fields.Add(Field("lfs", Block('[', lfs, ']')));
        if (entry.RegularHash is { } hash)
        {
            var files = entry
                .Regular.OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => FileLine(file.Path, file.Size, "oid", file.Oid.Hex));
            fields.Add(
                Field(
                    "regular",
                    Block('{', [Field("hash", Quoted(hash.Sri)), Field("files", Block('[', files, ']'))], '}')
                )
            );
        }

        return fields;
    }

    private static string FileLine(string path, long? size, string digestName, string digest) =>
        $"{{ {Field("path", Quoted(path))}, {Field("size", Number(size))}, {Field(digestName, Quoted(digest))} }}";

    private static string Field(string name, string value) => $"{Quoted(name)}: {value}";

    private static string Number(long? value) => value?.ToString() ?? "null";

    /// <summary>An object or a list with one item per line.</summary>
    private static string Block(char open, IEnumerable<string> items, char close)
    {
        var lines = string.Join(",\n", items);
        return lines.Length == 0 ? $"{open}{close}" : $"{open}\n  {Indented(lines)}\n{close}";
    }

    // A string has no newline of its own: JSON escapes it.
    private static string Indented(string lines) => lines.Replace("\n", "\n  ", StringComparison.Ordinal);

    // What a diff or a terminal would not show is escaped as well.
    private static string Quoted(string text) =>
        Printable.Json($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
}
