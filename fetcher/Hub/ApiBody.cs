using System.IO.Compression;
using System.Text.Json;
using System.Text.Unicode;

namespace NixAiModels.Hub;

/// <summary>Reads the body of an answer of the API into memory: decompressed, bounded, and whole JSON.</summary>
internal static class ApiBody
{
    // A thousand times a page of the Hub, and the revision of half a million files.
    private const int MaxSize = 64 << 20;

    private const int MaxDepth = 1000;

    /// <summary>Reads a body.</summary>
    /// <returns>The decompressed body, with the media type of the original.</returns>
    /// <exception cref="UnreadableAnswerException">It is not JSON, or ends early.</exception>
    /// <exception cref="HttpRequestException">It is too large.</exception>
    public static async Task<HttpContent> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var media = content.Headers.ContentType?.MediaType;
        var body = new MemoryStream();
        try
        {
            await using var encoded = await content.ReadAsStreamAsync(cancellation);
            await using var decoded = await DecodeAsync(encoded, content.Headers.ContentEncoding, cancellation);
            await CopyAsync(decoded, body, cancellation);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw new UnreadableAnswerException("sent a damaged answer", exception);
        }

        RequireJson(body.GetBuffer().AsSpan(0, (int)body.Length), media);
        var whole = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
        whole.Headers.ContentType = content.Headers.ContentType;
        return whole;
    }

    private static async Task<Stream> DecodeAsync(
        Stream stream,
        ICollection<string> encodings,
        CancellationToken cancellation
    )
    {
        foreach (var encoding in encodings.Reverse())
        {
            stream = encoding.ToUpperInvariant() switch
            {
                "IDENTITY" => stream,
                "GZIP" or "X-GZIP" => new GZipStream(stream, CompressionMode.Decompress),
                "BR" => new BrotliStream(stream, CompressionMode.Decompress),
                "DEFLATE" => await InflateAsync(stream, cancellation),
                _ => throw new UnreadableAnswerException($"sent an answer in '{Printable.Escape(encoding)}'"),
            };
        }

        return stream;
    }

    /// <summary><c>deflate</c> is zlib's format (RFC 9110, section 8.4.1.2); some servers leave out its
    /// header.</summary>
    private static async Task<Stream> InflateAsync(Stream stream, CancellationToken cancellation)
    {
        var packed = new MemoryStream();
        await CopyAsync(stream, packed, cancellation);
        packed.Position = 0;
        var start = packed.GetBuffer();
        var hasHeader = packed.Length > 1 && (start[0] & 0x0F) == 8 && ((start[0] << 8) + start[1]) % 31 == 0;
        return hasHeader
            ? new ZLibStream(packed, CompressionMode.Decompress)
            : new DeflateStream(packed, CompressionMode.Decompress);
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
        {
            if (to.Length + read > MaxSize)
            {
                throw new HttpRequestException(
                    HttpRequestError.ConfigurationLimitExceeded,
                    $"the answer is larger than {MaxSize >> 20} MiB"
                );
            }

            to.Write(buffer, 0, read);
        }
    }

    private static void RequireJson(ReadOnlySpan<byte> body, string? media)
    {
        var text = body.StartsWith("\ufeff"u8) ? body[3..] : body;
        var trimmed = text.TrimStart(" \t\r\n"u8);
        if (trimmed.IsEmpty)
            throw new UnreadableAnswerException("sent an empty answer");
        if (trimmed[0] == '<' || media is "text/html" or "application/xhtml+xml")
            throw new UnreadableAnswerException("answered with a web page, not the hub's API");
        if (!Utf8.IsValid(text))
            throw new UnreadableAnswerException("sent a damaged answer");
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                // Each value is checked as it is read.
            }
        }
        catch (JsonException exception)
        {
            throw new UnreadableAnswerException("sent a damaged answer", exception);
        }
    }
}
