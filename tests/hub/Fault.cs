using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NixAiModels.TestHub;

/// <summary>The stage of a request at which a fault acts.</summary>
internal enum FaultStage
{
    /// <summary>Before the response.</summary>
    Request,

    /// <summary>While a page of a tree is written.</summary>
    Listing,

    /// <summary>While the content-addressed store describes a file.</summary>
    Reconstruction,

    /// <summary>While the bytes of a file are sent by GET, from the hub or from the CDN.</summary>
    Bytes,
}

/// <summary>A fault: which requests it applies to, how often, and what happens. <c>--help</c> describes the
/// JSON.</summary>
internal sealed record Fault
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Dictionary<string, FaultStage> Kinds = new()
    {
        ["status"] = FaultStage.Request,
        ["latency"] = FaultStage.Request,
        ["error-page"] = FaultStage.Request,
        ["expired"] = FaultStage.Request,
        ["wrong-size"] = FaultStage.Listing,
        ["wrong-oid"] = FaultStage.Listing,
        ["entries"] = FaultStage.Listing,
        ["truncated"] = FaultStage.Listing,
        ["foreign-next"] = FaultStage.Listing,
        ["no-next"] = FaultStage.Listing,
        ["empty-page"] = FaultStage.Listing,
        ["terms"] = FaultStage.Reconstruction,
        ["reset"] = FaultStage.Bytes,
        ["cut"] = FaultStage.Bytes,
        ["stall"] = FaultStage.Bytes,
        ["short"] = FaultStage.Bytes,
        ["long"] = FaultStage.Bytes,
        ["flip"] = FaultStage.Bytes,
        ["ignore-range"] = FaultStage.Bytes,
        ["wrong-content-range"] = FaultStage.Bytes,
        ["gzip"] = FaultStage.Bytes,
        ["pointer"] = FaultStage.Bytes,
        ["bandwidth"] = FaultStage.Bytes,
    };

    private int _met;

    public required string Kind { get; init; }
    public string? Repo { get; init; }
    public string? Path { get; init; }
    public string? On { get; init; }
    public string? Method { get; init; }

    /// <summary>How many matching requests are spared at first.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests it then applies to; null for all.</summary>
    public int? Times { get; init; }

    public int Status { get; init; } = 500;
    public Dictionary<string, string>? Headers { get; init; }
    public int Ms { get; init; }
    public long After { get; init; }
    public double? Seconds { get; init; }
    public long Bytes { get; init; } = 1;
    public long At { get; init; }
    public bool Chunked { get; init; }
    public long BytesPerSecond { get; init; }
    public JsonElement[]? Entries { get; init; }
    public string? Url { get; init; }
    public string? Change { get; init; }

    [JsonIgnore]
    public FaultStage Stage => Kinds[Kind];

    /// <exception cref="FormatException">The JSON is not a fault.</exception>
    public static Fault Parse(string json)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize<Fault>(json, Json));
        }
        catch (JsonException e)
        {
            throw new FormatException($"invalid fault: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">The kind is unknown.</exception>
    public static Fault Checked(Fault? fault) =>
        fault is not null && Kinds.ContainsKey(fault.Kind)
            ? fault
            : throw new FormatException($"unknown fault '{fault?.Kind}': use one of {string.Join(", ", Kinds.Keys)}");

    /// <summary>Whether it applies to this request; each match counts.</summary>
    public bool Fires(FaultStage stage, RequestTarget target)
    {
        if (stage != Stage || !Matches(target))
            return false;
        var met = Interlocked.Increment(ref _met) - Skip;
        return met > 0 && (Times is null || met <= Times);
    }

    private bool Matches(RequestTarget target) =>
        (On is null || On == target.On)
        && (Kind != "expired" || target.On is "cdn" or "reconstruction" or "xorb")
        && (Method is null || Method == target.Method)
        && (
            Repo is null
            || (target.Repo is not null && FileSystemName.MatchesSimpleExpression(Repo, target.Repo, ignoreCase: false))
        )
        && (Stage == FaultStage.Listing || Path is null || (target.Path is not null && Names(target.Path)));

    /// <summary>Whether its pattern matches this file; in a listing it selects entries.</summary>
    public bool Names(string path) =>
        Path is null || FileSystemName.MatchesSimpleExpression(Path, path, ignoreCase: false);
}
