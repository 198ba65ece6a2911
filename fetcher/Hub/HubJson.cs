using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NixAiModels.Hub;

/// <summary>Reads the Hub's JSON and checks what the types of <see cref="HubDocuments"/> cannot.</summary>
internal static class HubJson
{
    /// <summary>A revision's commit, and who may read it.</summary>
    public static Revision ParseRevision(HubResponse response) =>
        Parse(
            response,
            HubDocuments.Default.RevisionDocument,
            revision => new Revision(
                Hex(revision.Sha, 40),
                revision.Gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
                revision.Private.ValueKind == JsonValueKind.True
            )
        );

    /// <summary>A page of a tree: its files are added to a list.</summary>
    /// <returns>The paths of entries that are neither file nor folder.</returns>
    public static IReadOnlyList<string> ParseTree(HubResponse response, List<HubFile> files) =>
        Parse(
            response,
            HubDocuments.Default.TreeEntryArray,
            entries =>
            {
                files.AddRange(entries.Where(entry => entry.Type == "file").Select(ToFile));
                return entries
                    .Where(entry => entry.Type is not ("file" or "directory"))
                    .Select(entry => entry.Path)
                    .ToArray();
            }
        );

    /// <summary>The names of a repository's tags.</summary>
    public static IReadOnlyList<string> ParseTags(HubResponse response) =>
        Parse(response, HubDocuments.Default.RefsDocument, refs => Names(refs.Tags));

    /// <summary>The names of a repository's branches and tags.</summary>
    public static IReadOnlyList<string> ParseRefs(HubResponse response) =>
        Parse(
            response,
            HubDocuments.Default.RefsDocument,
            refs => (string[])[.. Names(refs.Branches), .. Names(refs.Tags)]
        );

    private static string[] Names(RefEntry[]? refs) => [.. (refs ?? []).Select(entry => entry.Name)];

    private static HubFile ToFile(TreeEntry entry)
    {
        var oid = Hex(entry.Oid, 40);
        return entry.Lfs is { } lfs
            ? new HubFile(entry.Path, Size(lfs.Size), oid, Hex(lfs.Oid, 64))
            : new HubFile(entry.Path, Size(entry.Size), oid, null);
    }

    private static long Size(long? size) =>
        size is >= 0 and var bytes ? bytes : throw new FormatException("missing or negative size");

    private static string Hex(string? text, int length) =>
        text?.Length == length && text.All(char.IsAsciiHexDigit)
            ? text.ToLower(CultureInfo.InvariantCulture)
            : throw new FormatException($"a hash does not have {length} hexadecimal digits");

    private static TResult Parse<TDocument, TResult>(
        HubResponse response,
        JsonTypeInfo<TDocument> type,
        Func<TDocument, TResult> read
    )
    {
        try
        {
            // The body is in memory already: nothing blocks here.
            var document = JsonSerializer.Deserialize(response.Message.Content.ReadAsStream(), type);
            return document is null ? throw new FormatException("null") : read(document);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            var media = response.Message.Content.Headers.ContentType?.MediaType;
            var reason = media is null or "application/json" ? exception.Message : $"content type {media}";
            throw new HubFailure(
                HubFailureKind.InvalidResponse,
                $"invalid response from the hub: {HubUrl.Display(response.Url)} ({Printable.Escape(reason)})",
                "check the endpoint and the proxy, then run the same command again",
                exception
            );
        }
    }
}
