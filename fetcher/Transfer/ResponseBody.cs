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
        var (first, last) = (cursor.Position, cursor.Range.End - 1);
        if (sent?.Length is { } total && total != content.Size)
            throw WrongSize(content, total);
        if (sent is not { HasRange: true } || sent.From != first || sent.To != last)
            throw Wrong(content, $"the server sent range '{sent}' instead of bytes {first}-{last}");
        if (headers.ContentLength is { } length && length != cursor.Rest.Length)
            throw Wrong(content, $"the server sent {length} bytes for a range of {cursor.Rest.Length}");
        if (headers.ContentEncoding.Count > 0)
            throw Wrong(content, "compressed range from the server");
    }

    public static void CheckLength(RemoteContent content, HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        if (headers is { ContentEncoding.Count: 0, ContentLength: { } length } && length != content.Size)
            throw WrongSize(content, length);
    }

    /// <summary>The fault of a response with wrong bytes: the next request asks the hub for a new location.</summary>
    public static TransferFault Wrong(RemoteContent content, string what, ExitCode code = ExitCode.Network)
    {
        content.Source.Renew();
        return new TransferFault(what, code);
    }

    private static TransferFault WrongSize(RemoteContent content, long got) =>
        Wrong(
            content,
            $"the server sent {got} bytes instead of {content.Size} ({content.Digest.Name} {content.Digest.Hex})",
            ExitCode.Integrity
        );
}
