using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using NixAiModels.Cache;
using NixAiModels.Snapshots;
using NixAiModels.Sources.Oci;

namespace NixAiModels.Commands;

/// <summary>Prints results as JSON on standard output (docs/commands.md).</summary>
internal static class ResultJson
{
    private static readonly ResultJsonContext Json = new(
        new JsonSerializerOptions(ResultJsonContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    public static void Print(Pin pin) => Print(PinJson.Of(pin), Json.PinJson);

    public static void Print(OllamaPin pin) => Print(OllamaPinJson.Of(pin), Json.OllamaPinJson);

    public static void Print(AddressPinJson pin) => Print(pin, Json.AddressPinJson);

    public static void Print(AddressJson address) => Print(address, Json.AddressJson);

    public static void Print(Listing listing) => Print(ListingJson.Of(listing), Json.ListingJson);

    public static void Print(IEnumerable<ScannedRevision> revisions) =>
        Print([.. revisions.Select(CachedRevisionJson.Of)], Json.CachedRevisionJsonArray);

    public static void Print(StoreListJson list) => Print(list, Json.StoreListJson);

    private static void Print<T>(T value, JsonTypeInfo<T> type) =>
        Console.Out.WriteLine(Printable.Json(JsonSerializer.Serialize(value, type)));
}

/// <summary>How results are written: camelCase names, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PinJson))]
[JsonSerializable(typeof(OllamaPinJson))]
[JsonSerializable(typeof(ListingJson))]
[JsonSerializable(typeof(AddressPinJson))]
[JsonSerializable(typeof(AddressJson))]
[JsonSerializable(typeof(CachedRevisionJson[]))]
[JsonSerializable(typeof(StoreListJson))]
internal sealed partial class ResultJsonContext : JsonSerializerContext;

/// <summary>What <c>nix-prefetch-hf --format json</c> prints.</summary>
internal sealed record PinJson(
    string Repo,
    string RepoType,
    string Rev,
    string Hash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? File,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Files,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Include,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Exclude,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Endpoint,
    [property: JsonPropertyName("files_count")] int FilesCount,
    long Size,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path
)
{
    public static PinJson Of(Pin pin) =>
        new(
            pin.Snapshot.Repository.ToString(),
            pin.Snapshot.Repository.TypeWord,
            pin.Snapshot.Commit.ToString(),
            pin.Hash.Sri,
            pin.IsFlat ? pin.Snapshot.Files[0].Path : null,
            pin.IsFlat ? null : pin.Selection.Files,
            pin.IsFlat ? null : pin.Selection.Include,
            pin.IsFlat ? null : pin.Selection.Exclude,
            pin.Name,
            pin.Endpoint,
            pin.Snapshot.Files.Count,
            pin.Snapshot.Size,
            pin.StorePath
        );
}

/// <summary>What <c>nix-prefetch-hf ollama:NAME --format json</c> prints.</summary>
internal sealed record OllamaPinJson(
    string Model,
    string Digest,
    string Manifest,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Endpoint,
    long Size,
    IReadOnlyList<OllamaFileJson> Files
)
{
    public static OllamaPinJson Of(OllamaPin pin) =>
        new(
            pin.Name.ToString(),
            pin.Digest,
            Encoding.UTF8.GetString(pin.Manifest.Bytes.Span),
            pin.Endpoint,
            pin.Manifest.Size,
            [.. pin.Files.Select(file => new OllamaFileJson(file.Path, file.Size, file.Sha256.Hex))]
        );
}

/// <summary>A file of <see cref="OllamaPinJson"/>.</summary>
internal sealed record OllamaFileJson(string Path, long Size, string Sha256);

/// <summary>What <c>nix-prefetch-hf --dry-run --format json</c> prints.</summary>
internal sealed record ListingJson(
    string Repo,
    string RepoType,
    string Rev,
    bool Gated,
    bool Private,
    long Size,
    IReadOnlyList<ListedFileJson> Files
)
{
    public static ListingJson Of(Listing listing) =>
        new(
            listing.Snapshot.Repository.ToString(),
            listing.Snapshot.Repository.TypeWord,
            listing.Snapshot.Commit.ToString(),
            listing.IsGated,
            listing.IsPrivate,
            listing.Snapshot.Size,
            [
                .. listing.Snapshot.Files.Select(file => new ListedFileJson(
                    file.Path,
                    file.Size,
                    file.IsLfs,
                    file.IsLfs ? null : file.Digest.Hex,
                    file.IsLfs ? file.Digest.Hex : null
                )),
            ]
        );
}

/// <summary>A file of <see cref="ListingJson"/>: <c>oid</c> is the git blob id of a regular file.</summary>
internal sealed record ListedFileJson(
    string Path,
    long Size,
    bool Lfs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Oid,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256
);

/// <summary>A revision as <c>nix-ai-models scan-cache --format json</c> prints it.</summary>
internal sealed record CachedRevisionJson(
    string Repository,
    string Revision,
    IReadOnlyList<string> Refs,
    string Owner,
    string? Model,
    string? StorePath,
    int Files,
    int FromStore,
    long Size,
    int Broken
)
{
    public static CachedRevisionJson Of(ScannedRevision revision) =>
        new(
            revision.Repository,
            revision.Commit,
            revision.Refs,
            revision.Owner,
            revision.Model,
            revision.StorePath,
            revision.Files,
            revision.FromStore,
            revision.Size,
            revision.Broken.Count
        );
}
