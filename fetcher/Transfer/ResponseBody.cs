using System.IO.Compression;
using System.Net.Http.Headers;

namespace NixAiModels.Transfer;

/// <summary>Checks that a response has the requested bytes, and decodes its body.</summary>
internal static class ResponseBody
{
    public static async Task<Stream> DecodeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var raw = await response.Content.ReadAsStreamAsync(cancellation);
        return response.Content.Headers.ContentEncoding.LastOrDefault() switch
        {
            null or "identity" => raw,
            "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress),
            "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
            "br" => new BrotliStream(raw, CompressionMode.Decompress),
            var other => throw new TransferFault($"unknown content encoding '{other}'"),
        };
    }

    public static void CheckContentRange(RemoteContent content, RangeCursor cursor, HttpContentHeaders headers)
    {
        var sent = headers.ContentRange;
        if (sent is not { HasRange: true } || sent.From != cursor.Position || sent.To != cursor.Range.End - 1)
        {
            throw new TransferFault(
                $"the server sent range '{sent}' instead of bytes {cursor.Position}-{cursor.Range.End - 1}"
            );
        }

        if (headers.ContentLength is { } length && length != cursor.Range.End - cursor.Position)
        {
            throw new TransferFault(
                $"the server sent {length} bytes for a range of {cursor.Range.End - cursor.Position}"
            );
        }

        if (sent.Length is { } total && total != content.Size)
            throw WrongSize(content, total);
    }

    public static void CheckLength(RemoteContent content, HttpResponseMessage response)
    {
        if (
            response.Content.Headers is { ContentEncoding.Count: 0, ContentLength: { } length }
            && length != content.Size
        )
        {
            throw WrongSize(content, length);
        }
    }

    private static TransferFault WrongSize(RemoteContent content, long got) =>
        new(
            $"the server sent {got} bytes, the hub lists {content.Size} ({content.Digest.Name} {content.Digest.Hex})",
            ExitCode.Integrity
        );
}
