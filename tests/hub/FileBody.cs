namespace NixAiModels.TestHub;

/// <summary>Sends a file or a range of it, with the faults that apply.</summary>
internal static class FileBody
{
    /// <param name="exchange">The request; ETag and the origin's own headers are set already.</param>
    /// <param name="entry">The file.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="asText">Whether clients that accept gzip get it encoded.</param>
    public static async Task ServeAsync(Exchange exchange, Entry entry, string type, bool asText)
    {
        var (request, response) = (exchange.Request, exchange.Response);
        var isHead = HttpMethods.IsHead(request.Method);
        var faults = isHead ? [] : exchange.Faults(FaultStage.Bytes);
        Fault? Has(string kind) => faults.Find(fault => fault.Kind == kind);

        if (Has("pointer") is not null && entry.Sha256 is not null)
        {
            await ServePointerAsync(exchange, entry);
            return;
        }
        if (
            !isHead && (Has("gzip") is not null || (asText && exchange.AcceptsGzip && request.Headers.Range.Count == 0))
        )
        {
            // A strong tag would promise the same encoding.
            if (response.Headers.ETag.ToString() is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal))
                response.Headers.ETag = "W/" + tag;
            await exchange.GzipAsync(
                200,
                type,
                await File.ReadAllBytesAsync(entry.DiskFile!.FullName, exchange.Aborted)
            );
            return;
        }

        response.Headers.AcceptRanges = "bytes";
        var header = Has("ignore-range") is null ? request.Headers.Range.ToString() : "";
        var (satisfiable, range) = ByteRange.Parse(header, entry.Size);
        if (!satisfiable)
        {
            response.Headers.ContentRange = $"bytes */{entry.Size}";
            await exchange.TextAsync(416, "Range Not Satisfiable");
            return;
        }

        var (first, length) = range is { } part ? (part.First, part.Length) : (0, entry.Size);
        if (range is not null)
        {
            var told = first + (Has("wrong-content-range")?.Bytes ?? 0);
            response.Headers.ContentRange = $"bytes {told}-{told + length - 1}/{entry.Size}";
        }
        var shorter = Math.Min(Has("short")?.Bytes ?? 0, length);
        var longer = Has("long")?.Bytes ?? 0;
        if (Has("short")?.Chunked != true && Has("long")?.Chunked != true)
            response.ContentLength = length - shorter + longer;
        response.ContentType = type;
        exchange.Start(range is null ? 200 : 206);
        if (isHead)
            return;
        await new PacedBody(exchange, faults).SendAsync(entry.DiskFile!.FullName, first, length - shorter, longer);
    }

    /// <summary>Sends the LFS pointer, which is what git itself has of the file.</summary>
    public static async Task ServePointerAsync(Exchange exchange, Entry entry)
    {
        var pointer = entry.Pointer;
        exchange.Response.Headers.AcceptRanges = "bytes";
        var (satisfiable, range) = ByteRange.Parse(exchange.Request.Headers.Range.ToString(), pointer.Length);
        if (!satisfiable)
        {
            exchange.Response.Headers.ContentRange = $"bytes */{pointer.Length}";
        }
        else if (range is { } part)
        {
            exchange.Response.Headers.ContentRange =
                $"bytes {part.First}-{part.First + part.Length - 1}/{pointer.Length}";
            pointer = pointer[(int)part.First..(int)(part.First + part.Length)];
        }
        await exchange.BodyAsync(
            satisfiable
                ? range is null
                    ? 200
                    : 206
                : 416,
            "text/plain; charset=utf-8",
            satisfiable ? pointer : []
        );
    }
}
