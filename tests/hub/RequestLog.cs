using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace NixAiModels.TestHub;

/// <summary>One request. It is in the record from its beginning; its last fields are filled while it is
/// answered.</summary>
internal sealed class RequestRecord
{
    /// <summary>1 for the first request since the record was cleared.</summary>
    public int Number { get; set; }

    /// <summary>Milliseconds since the hub was started.</summary>
    public double At { get; init; }

    public required string Connection { get; init; }
    public required string Method { get; init; }

    /// <summary>"hub" or "cdn".</summary>
    public required string Origin { get; init; }

    /// <summary>The raw path and query; the CDN's without the query, which is the signature.</summary>
    public required string Path { get; init; }

    public string On { get; set; } = "other";
    public string? Repo { get; set; }
    public string? File { get; set; }
    public string? Range { get; init; }
    public bool Authorization { get; init; }

    /// <summary>First 8 hex digits of the SHA-256 of the token, if one was sent.</summary>
    public string? Token { get; init; }

    public string? UserAgent { get; init; }
    public string? AcceptEncoding { get; init; }
    public int Status { get; set; }

    /// <summary>Encoded bytes of the body that were written to the connection.</summary>
    public long Bytes { get; set; }

    public ConcurrentQueue<string> Faults { get; } = [];
}

/// <summary>All requests to both origins, in order.</summary>
internal sealed class RequestLog(string? file)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _lock = new();
    private readonly List<RequestRecord> _records = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    public double Now => Math.Round(Stopwatch.GetElapsedTime(_started).TotalMilliseconds, 1);

    public void Begin(RequestRecord record)
    {
        lock (_lock)
        {
            record.Number = _records.Count + 1;
            _records.Add(record);
        }
    }

    /// <summary>Writes it to the file, if there is one.</summary>
    public void End(RequestRecord record)
    {
        if (file is null)
            return;
        lock (_lock)
            File.AppendAllText(file, JsonSerializer.Serialize(record, Json) + "\n");
    }

    /// <summary>Forgets the requests for one repository, or all.</summary>
    public void Clear(string? repository)
    {
        lock (_lock)
            _records.RemoveAll(record => repository is null || record.Repo == repository);
    }

    /// <summary>The requests for one repository, or all.</summary>
    public RequestRecord[] Of(string? repository)
    {
        lock (_lock)
            return [.. _records.Where(record => repository is null || record.Repo == repository)];
    }
}
