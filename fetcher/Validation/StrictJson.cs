using System.Text.Json;

namespace NixAiModels.Validation;

/// <summary>JSON read as strictly as it is specified (RFC 8259), keys twice in one object refused.</summary>
internal static class StrictJson
{
    private const int MaxDepth = 256;

    /// <summary>Reads the JSON in a file.</summary>
    /// <exception cref="BrokenFileException">It is not JSON, or longer than <paramref name="limit"/>
    /// bytes.</exception>
    public static JsonDocument Read(ModelFile file, int limit = 64 * 1024 * 1024) =>
        Parse(FileBytes.ReadAll(file.FullPath, limit));

    /// <summary>Reads bytes; a byte order mark before them is skipped, as by Python's <c>utf-8-sig</c> and editors
    /// do.</summary>
    /// <exception cref="BrokenFileException">They are not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            return JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false }
            );
        }
        catch (JsonException error)
        {
            throw new BrokenFileException($"line {error.LineNumber + 1}", $"invalid JSON ({Reason(error)})");
        }
    }

    // .NET's message repeats the place ("Path: $ | LineNumber: 3 | …").
    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(". ", StringComparison.Ordinal);
        return Printable.Escape(end < 0 ? error.Message : error.Message[..end]);
    }
}
