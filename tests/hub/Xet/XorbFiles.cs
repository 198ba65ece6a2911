using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace NixAiModels.TestHub.Xet;

/// <summary>The CDN's part of Xet: signed byte ranges of xorbs.</summary>
internal sealed class XorbFiles(XorbStore store, SignedXorbs signed)
{
    public const string Prefix = "/xorbs/default/";
    private const string Boundary = "test-hub-part";

    public async Task HandleAsync(Exchange exchange, string path, string query)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        exchange.Record.On = "xorb";
        exchange.Record.Repo = parameters.GetValueOrDefault("Repo");
        exchange.Record.File = parameters.GetValueOrDefault("File");
        exchange.RepositoryFaults = store.FaultsOf(exchange.Record.Repo);
        if (await RequestFaults.AnsweredAsync(exchange, signed.Revoke))
            return;
        var hash = path[Prefix.Length..];
        var header = exchange.Request.Headers.Range.ToString();
        if (exchange.Request.Headers.Authorization.Count > 0)
            await exchange.TextAsync(400, "Only one auth mechanism allowed");
        else if (store.FindXorb(hash) is not { } xorb)
            await exchange.TextAsync(404, "NoSuchKey");
        else if (signed.Objection(hash, query, header) is { } objection)
            await exchange.TextAsync(403, objection);
        else if (header.Contains(',', StringComparison.Ordinal))
            await ServePartsAsync(exchange, xorb, header[6..].Split(','));
        else
            await ServeAsync(exchange, xorb, header);
    }

    private async Task ServeAsync(Exchange exchange, Xorb xorb, string header)
    {
        var faults = exchange.Faults(FaultStage.Bytes);
        var range = ByteRange.Parse(header, xorb.Size).Range!.Value;
        var told = range.First + (faults.Find(fault => fault.Kind == "wrong-content-range")?.Bytes ?? 0);
        var shorter = Math.Min(faults.Find(fault => fault.Kind == "short")?.Bytes ?? 0, range.Length);
        var longer = faults.Find(fault => fault.Kind == "long")?.Bytes ?? 0;
        exchange.Response.Headers.ContentRange = $"bytes {told}-{told + range.Length - 1}/{xorb.Size}";
        exchange.Response.ContentLength = range.Length - shorter + longer;
        exchange.Response.ContentType = "application/octet-stream";
        exchange.Start(206);
        await new PacedBody(exchange, faults).SendAsync(
            store.Path,
            range.First,
            range.Length - shorter,
            longer,
            xorb.Start
        );
    }

    /// <summary>Answers a request for several ranges (RFC 9110, 14.6).</summary>
    private async Task ServePartsAsync(Exchange exchange, Xorb xorb, string[] ranges)
    {
        using var handle = File.OpenHandle(store.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var body = new MemoryStream();
        foreach (var text in ranges)
        {
            var range = ByteRange.Parse("bytes=" + text, xorb.Size).Range!.Value;
            var bytes = new byte[range.Length];
            RandomAccess.Read(handle, bytes, xorb.Start + range.First);
            body.Write(
                Encoding.ASCII.GetBytes(
                    $"\r\n--{Boundary}\r\nContent-Type: application/octet-stream\r\n"
                        + $"Content-Range: bytes {text}/{xorb.Size}\r\n\r\n"
                )
            );
            body.Write(bytes);
        }

        body.Write(Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"));
        await exchange.BodyAsync(206, $"multipart/byteranges; boundary={Boundary}", body.ToArray());
    }
}
