using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>What the headers of a response say of the file.</summary>
internal static class WebHeaders
{
    private const int DigestLength = 32;

    /// <summary>Reads them.</summary>
    /// <param name="response">A response with the whole file, or with a range of it.</param>
    public static FileDescription Describe(HttpResponseMessage response)
    {
        var content = response.Content.Headers;
        var isRange = response.StatusCode == HttpStatusCode.PartialContent;
        return new FileDescription(
            isRange ? content.ContentRange?.Length
                : content.ContentEncoding.Count == 0 ? content.ContentLength
                : null,
            NameOf(content.ContentDisposition),
            Digest(response),
            VersionOf(response),
            content.ContentType?.MediaType is "text/html" or "application/xhtml+xml",
            isRange
        )
        {
            HasEnd =
                isRange
                || content.ContentLength is not null
                || response.Headers.TransferEncodingChunked == true
                || response.Version.Major > 1,
        };
    }

    /// <summary>What changes when the file does.</summary>
    /// <param name="response">A response with the whole file, or with a range of it.</param>
    public static string? VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag?.Tag
        ?? (response.Headers.NonValidated.TryGetValues("ETag", out var raw) ? raw.ToString() : null)
        ?? response.Content.Headers.LastModified?.ToUnixTimeSeconds().ToString();

    /// <summary>The name in a <c>Content-Disposition</c> (RFC 6266); a folder before it is dropped.</summary>
    private static string? NameOf(ContentDispositionHeaderValue? disposition)
    {
        var given = (disposition?.FileNameStar ?? disposition?.FileName)?.Trim('"');
        var name = given?[(given.LastIndexOfAny(['/', '\\']) + 1)..].Trim();
        return
            name is null or "" or "." or ".."
            || name.Any(char.IsControl)
            || Encoding.UTF8.GetByteCount(name) > WebAddress.LongestName
            ? null
            : name;
    }

    /// <summary>The sha256 of the whole file: <c>Repr-Digest</c> (RFC 9530), its forerunner <c>Digest</c> (RFC 3230),
    /// and what S3, Artifactory and the Hub send.</summary>
    private static Sha256Digest? Digest(HttpResponseMessage response)
    {
        foreach (var text in Values("Repr-Digest").Concat(Values("Digest")).SelectMany(value => value.Split(',')))
        {
            var parts = text.Trim().Split('=', 2);
            if (parts.Length == 2 && parts[0].Equals("sha-256", StringComparison.OrdinalIgnoreCase))
                return OfBase64(parts[1].Trim(':'));
        }

        return Values("x-amz-checksum-sha256").Select(OfBase64).FirstOrDefault(digest => digest is not null)
            ?? Values("x-checksum-sha256")
                .Concat(Values("x-linked-etag"))
                .Select(text => Sha256Digest.TryParse(text.Trim('"').ToLowerInvariant()))
                .FirstOrDefault(digest => digest is not null);

        IEnumerable<string> Values(string name) =>
            response.Headers.NonValidated.TryGetValues(name, out var values)
            || response.Content.Headers.NonValidated.TryGetValues(name, out values)
                ? values
                : [];
    }

    private static Sha256Digest? OfBase64(string text)
    {
        Span<byte> bytes = stackalloc byte[DigestLength + 1];
        return Convert.TryFromBase64String(text, bytes, out var count) && count == DigestLength
            ? Sha256Digest.TryParse(Convert.ToHexStringLower(bytes[..DigestLength]))
            : null;
    }
}
