using System.Text.Json.Serialization;

namespace NixAiModels.Xet;

/// <summary>What the hub answers to <c>/api/…/xet-read-token/REV</c>.</summary>
/// <param name="AccessToken">The token for the content-addressed store.</param>
/// <param name="CasUrl">Where that is.</param>
/// <param name="Exp">When the token expires, in seconds since 1970.</param>
[method: JsonConstructor]
internal readonly record struct ReadTokenDocument(string AccessToken, string CasUrl, long Exp);

/// <summary>What <c>/v2/reconstructions/FILE</c> answers, or <c>/v1/…</c> (xet-core,
/// <c>openapi/cas.openapi.yaml</c>).</summary>
/// <param name="OffsetIntoFirstRange">How many bytes of the first term precede the requested range.</param>
/// <param name="Terms">What the range consists of, in order.</param>
[method: JsonConstructor]
internal readonly record struct ReconstructionDocument(long OffsetIntoFirstRange, TermEntry[] Terms)
{
    /// <summary>Where the xorbs' bytes are, by hash: version 2.</summary>
    public Dictionary<string, XorbEntry[]>? Xorbs { get; init; }

    /// <summary>The same in version 1.</summary>
    public Dictionary<string, FetchEntry[]>? FetchInfo { get; init; }
}

/// <summary>Some chunks of a xorb, in the place where the file has them.</summary>
/// <param name="Hash">The xorb.</param>
/// <param name="UnpackedLength">The length of the decoded chunks.</param>
/// <param name="Range">The chunks, without the end.</param>
[method: JsonConstructor]
internal readonly record struct TermEntry(string Hash, long UnpackedLength, RangeEntry Range);

/// <summary>A range of chunks, without its end, or of bytes, with it.</summary>
[method: JsonConstructor]
internal readonly record struct RangeEntry(long Start, long End);

/// <summary>A signed address of some ranges of a xorb.</summary>
[method: JsonConstructor]
internal readonly record struct XorbEntry(string Url, XorbRangeEntry[] Ranges);

/// <summary>One of the ranges.</summary>
[method: JsonConstructor]
internal readonly record struct XorbRangeEntry(RangeEntry Chunks, RangeEntry Bytes);

/// <summary>A signed address of one range of a xorb.</summary>
[method: JsonConstructor]
internal readonly record struct FetchEntry(string Url, RangeEntry UrlRange, RangeEntry Range);

/// <summary>How the store's JSON is read: unknown fields are ignored, missing ones are errors.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ReconstructionDocument))]
internal sealed partial class CasDocuments : JsonSerializerContext;

/// <summary>How the hub's JSON of Xet is read.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ReadTokenDocument))]
internal sealed partial class ReadTokenDocuments : JsonSerializerContext;
