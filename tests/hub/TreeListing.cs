using System.Globalization;
using System.Text.Json;

namespace NixAiModels.TestHub;

/// <summary>The entries of a tree as JSON: pages of a listing, and single paths.</summary>
internal static class TreeListing
{
    /// <summary>Answers with one page; its Link header has the absolute URL of the next one.</summary>
    public static async Task ServePageAsync(
        Exchange exchange,
        Snapshot snapshot,
        HubAddress address,
        int pageSize,
        string self,
        Uri cdn,
        Func<Entry, string?> xetHash
    )
    {
        var query = exchange.Request.Query;
        var folder = address.Path!.TrimEnd('/');
        if (folder != "" && snapshot.Entries.GetValueOrDefault(folder) is not { DiskFile: null })
        {
            await exchange.ErrorAsync(404, "EntryNotFound", $"{folder} does not exist on \"{address.Revision}\"");
            return;
        }

        var prefix = folder == "" ? "" : folder + "/";
        var isRecursive = IsTrue(query["recursive"]);
        var isExpanded = IsTrue(query["expand"]);
        var entries = snapshot.Entries.Values.Where(entry =>
            entry.Path.StartsWith(prefix, StringComparison.Ordinal)
            && (isRecursive || !entry.Path.AsSpan(prefix.Length).Contains('/'))
        );

        var size =
            int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) && limit > 0
                ? Math.Min(limit, pageSize)
                : pageSize;
        var start = int.TryParse(query["cursor"], CultureInfo.InvariantCulture, out var cursor) ? cursor : 0;
        var page = entries.Skip(start).Take(size + 1).ToList();
        var faults = exchange.Faults(FaultStage.Listing);
        if (page.Count > size)
        {
            page.RemoveAt(size);
            var next =
                $"{self}?recursive={(isRecursive ? "true" : "false")}&expand={(isExpanded ? "true" : "false")}"
                + $"&limit={size}&cursor={start + size}";
            exchange.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }
        if (faults.Find(fault => fault.Kind == "foreign-next") is { } foreign)
        {
            exchange.Response.Headers.Link =
                $"<{foreign.Url ?? new Uri(cdn, new Uri(self).AbsolutePath).ToString()}>; rel=\"next\"";
        }

        if (faults.Exists(fault => fault.Kind == "no-next"))
            exchange.Response.Headers.Remove("Link");
        if (faults.Exists(fault => fault.Kind == "empty-page"))
            page.Clear();
        var json = Write(page, snapshot.Commit, isExpanded, faults, xetHash);
        if (faults.Find(fault => fault.Kind == "truncated") is { } truncated)
            json = json[..(int)Math.Clamp(truncated.After > 0 ? truncated.After : json.Length / 2, 0, json.Length)];
        await exchange.JsonAsync(json);
    }

    /// <summary>Answers POST paths-info, a form or JSON; missing paths are omitted.</summary>
    public static async Task ServePathsAsync(Exchange exchange, Snapshot snapshot, Func<Entry, string?> xetHash)
    {
        var (paths, isExpanded) = exchange.Request.HasFormContentType
            ? await FromFormAsync(exchange.Request)
            : await FromJsonAsync(exchange.Request);
        var entries = paths
            .OfType<string>()
            .Select(path => snapshot.Entries.GetValueOrDefault(path))
            .OfType<Entry>()
            .ToList();
        await exchange.JsonAsync(
            Write(entries, snapshot.Commit, isExpanded, exchange.Faults(FaultStage.Listing), xetHash)
        );
    }

    private static async Task<(IEnumerable<string?> Paths, bool IsExpanded)> FromFormAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        return (form["paths"], IsTrue(form["expand"]));
    }

    private static async Task<(IEnumerable<string?> Paths, bool IsExpanded)> FromJsonAsync(HttpRequest request)
    {
        using var json = await JsonDocument.ParseAsync(request.Body);
        var paths = json.RootElement.GetProperty("paths").EnumerateArray().Select(path => path.GetString()).ToList();
        return (
            paths,
            json.RootElement.TryGetProperty("expand", out var expand) && expand.ValueKind == JsonValueKind.True
        );
    }

    private static byte[] Write(
        IEnumerable<Entry> entries,
        string commit,
        bool isExpanded,
        List<Fault> faults,
        Func<Entry, string?> xetHash
    )
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var entry in entries)
            {
                WriteEntry(
                    json,
                    entry,
                    commit,
                    isExpanded,
                    faults.Where(fault => fault.Kind is "wrong-size" or "wrong-oid"),
                    entry.Sha256 is null ? null : xetHash(entry)
                );
            }

            foreach (var raw in faults.Where(fault => fault.Kind == "entries").SelectMany(fault => fault.Entries ?? []))
                raw.WriteTo(json);
            json.WriteEndArray();
        }
        return stream.ToArray();
    }

    private static void WriteEntry(
        Utf8JsonWriter json,
        Entry entry,
        string commit,
        bool isExpanded,
        IEnumerable<Fault> faults,
        string? xetHash
    )
    {
        var (size, oid, sha256) = (entry.Size, entry.Oid, entry.Sha256);
        foreach (var fault in faults.Where(fault => entry.DiskFile is not null && fault.Names(entry.Path)))
        {
            if (fault.Kind == "wrong-size")
                size += fault.Bytes;
            else
                (oid, sha256) = (new string('0', 40), sha256 is null ? null : new string('0', 64));
        }

        json.WriteStartObject();
        json.WriteString("type", entry.DiskFile is null ? "directory" : "file");
        json.WriteString("oid", oid);
        json.WriteNumber("size", size);
        json.WriteString("path", entry.Path);
        if (sha256 is not null)
        {
            json.WriteStartObject("lfs");
            json.WriteString("oid", sha256);
            json.WriteNumber("size", size);
            json.WriteNumber("pointerSize", entry.Pointer.Length);
            json.WriteEndObject();
            if (xetHash is not null)
                json.WriteString("xetHash", xetHash);
        }
        if (isExpanded)
        {
            json.WriteStartObject("lastCommit");
            json.WriteString("id", commit);
            json.WriteString("title", "Add files");
            json.WriteString("date", "2024-01-01T00:00:00.000Z");
            json.WriteEndObject();
            json.WriteStartObject("securityFileStatus");
            json.WriteString("status", "safe");
            json.WriteNull("avScan");
            json.WriteNull("pickleImportScan");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static bool IsTrue(string? value) => value is "true" or "True" or "1";
}
