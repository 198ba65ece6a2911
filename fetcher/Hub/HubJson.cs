using System.Globalization;
using System.Text.Json;

namespace NixAiModels.Hub;

/// <summary>The Hub's answers in JSON. Fields that are not known are ignored; fields that are needed and missing end
/// the work.</summary>
internal static class HubJson
{
    /// <summary>A revision: <c>sha</c>, <c>gated</c> (<c>false</c>, "auto", "manual"), <c>private</c>.</summary>
    public static Revision ParseRevision(HubAnswer answer) =>
        Parse(
            answer,
            root => new Revision(
                Hex(root.GetProperty("sha"), 40),
                root.TryGetProperty("gated", out var gated)
                    && gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
                root.TryGetProperty("private", out var hidden) && hidden.ValueKind == JsonValueKind.True
            )
        );

    /// <summary>A page of a tree: its files, added to a list, and the paths of entries that are neither file nor
    /// folder.</summary>
    public static IReadOnlyList<string> ParseTree(HubAnswer answer, List<HubFile> files) =>
        Parse(
            answer,
            root =>
            {
                var strange = new List<string>();
                foreach (var entry in root.EnumerateArray())
                {
                    var path = Text(entry, "path");
                    switch (Text(entry, "type"))
                    {
                        case "file":
                            files.Add(ParseFile(entry, path));
                            break;
                        case "directory":
                            break;
                        default:
                            strange.Add(path);
                            break;
                    }
                }

                return strange;
            }
        );

    /// <summary>The names of a repository's refs of some kinds: <c>branches</c>, <c>tags</c>.</summary>
    public static IReadOnlyList<string> ParseRefs(HubAnswer answer, params IReadOnlyList<string> kinds) =>
        Parse(
            answer,
            root =>
            {
                var names = new List<string>();
                foreach (var kind in kinds)
                {
                    if (root.TryGetProperty(kind, out var list))
                        names.AddRange(list.EnumerateArray().Select(entry => Text(entry, "name")));
                }

                return names;
            }
        );

    private static HubFile ParseFile(JsonElement entry, string path)
    {
        var oid = Hex(entry.GetProperty("oid"), 40);
        if (!entry.TryGetProperty("lfs", out var lfs) || lfs.ValueKind == JsonValueKind.Null)
            return new HubFile(path, Size(entry), oid, null);
        return new HubFile(path, Size(lfs), oid, Hex(lfs.GetProperty("oid"), 64));
    }

    private static long Size(JsonElement entry) =>
        entry.GetProperty("size").GetInt64() is >= 0 and var size
            ? size
            : throw new FormatException("a size is negative");

    private static string Text(JsonElement entry, string name) =>
        entry.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static string Hex(JsonElement element, int length)
    {
        var text = element.GetString();
        return text?.Length == length && text.All(char.IsAsciiHexDigit)
            ? text.ToLower(CultureInfo.InvariantCulture)
            : throw new FormatException($"a hash has not {length} hexadecimal digits");
    }

    private static T Parse<T>(HubAnswer answer, Func<JsonElement, T> read)
    {
        try
        {
            // The body was read before the answer was handed on: no waiting here.
            using var document = JsonDocument.Parse(answer.Response.Content.ReadAsStream());
            return read(document.RootElement);
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            var type = answer.Response.Content.Headers.ContentType?.MediaType;
            throw new HubFailure(
                HubFailureKind.BadListing,
                $"what {HubUrl.Display(answer.Url)} answers is not what a hub answers"
                    + (
                        type is null or "application/json"
                            ? $": {Printable.Escape(exception.Message)}"
                            : $", but {Printable.Escape(type)}"
                    ),
                "check the endpoint and the proxy, and try again",
                exception
            );
        }
    }
}
