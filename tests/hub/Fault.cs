using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NixAiModels.TestHub;

/// <summary>Where in the life of a request a fault acts.</summary>
internal enum FaultStage
{
    /// <summary>Before anything is answered.</summary>
    Request,

    /// <summary>While a page of a tree is made.</summary>
    Listing,

    /// <summary>While the bytes of a file are sent by GET, from the hub or from the CDN.</summary>
    Bytes,
}

/// <summary>A rule for misbehaving: which requests, how often, in what way. Its JSON form is described by
/// <c>--help</c>.</summary>
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

    /// <summary>How many matching requests pass before the fault begins.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests it then meets; null is all of them.</summary>
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

    [JsonIgnore]
    public FaultStage Stage => Kinds[Kind];

    /// <exception cref="FormatException">The text is no fault.</exception>
    public static Fault Parse(string json)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize<Fault>(json, Json));
        }
        catch (JsonException e)
        {
            throw new FormatException($"not a fault: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">There is no such kind.</exception>
    public static Fault Checked(Fault? fault) =>
        fault is not null && Kinds.ContainsKey(fault.Kind)
            ? fault
            : throw new FormatException(
                $"no fault is called '{fault?.Kind}'; there are: {string.Join(" ", Kinds.Keys)}"
            );

    /// <summary>Whether it acts on this request; each call that matches counts.</summary>
    public bool Fires(FaultStage stage, Asked asked)
    {
        if (stage != Stage || !Matches(asked))
            return false;
        var met = Interlocked.Increment(ref _met) - Skip;
        return met > 0 && (Times is null || met <= Times);
    }

    private bool Matches(Asked asked) =>
        (On is null || On == asked.On)
        && (Kind != "expired" || asked.On == "cdn")
        && (Method is null || Method == asked.Method)
        && (
            Repo is null
            || (asked.Repo is not null && FileSystemName.MatchesSimpleExpression(Repo, asked.Repo, ignoreCase: false))
        )
        && (Stage == FaultStage.Listing || Path is null || (asked.Path is not null && Names(asked.Path)));

    /// <summary>Whether its pattern is for this file; in a listing the pattern chooses among the entries.</summary>
    public bool Names(string path) =>
        Path is null || FileSystemName.MatchesSimpleExpression(Path, path, ignoreCase: false);
}
