using System.Text.Json;

namespace NixAiModels.Validation.Formats;

/// <summary>Finds JSON objects wherever they stand in a binary file: the configuration of a Keras model in HDF5 or in a
/// protocol buffer is found without believing the container's own structure.</summary>
internal static class JsonInBinary
{
    private const int Window = 1024 * 1024;
    private const int LongestJson = 64 * 1024 * 1024;
    private const int FirstTry = 64 * 1024;
    private const int MaxDepth = 256;

    private enum Outcome
    {
        No,
        Whole,
        Unfinished,
    }

    /// <summary>Every JSON object with a <c>class_name</c>, outermost ones only, with its
    /// offset.</summary>
    /// <exception cref="BrokenFileException">The file is made so that looking through it would take too
    /// long.</exception>
    public static IEnumerable<(long Offset, JsonDocument Json)> Find(FileBytes file, CancellationToken cancellation)
    {
        var budget = (4 * file.Length) + (4L * LongestJson);
        for (long window = 0, next = 0; window < file.Length; window += Window)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = file.Peek(window, Window);
            for (var at = (int)Math.Max(0, next - window); at < bytes.Length; at++)
            {
                var found = bytes.AsSpan(at).IndexOf((byte)'{');
                if (found < 0)
                    break;
                at += found;
                next = window + at + 1;
                if (!MayBegin(bytes.AsSpan(at)) || Extent(file, window + at, ref budget) is not { } json)
                    continue;
                next = window + at + json.Length;
                at += json.Length - 1;
                if (Parse(json) is { } document)
                    yield return (next - json.Length, document);
            }
        }
    }

    // "{", spaces, '"': at the window's end what follows is not seen, and the long way decides.
    private static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[1..].TrimStart(" \t\r\n"u8);
        return rest.IsEmpty || rest[0] == '"';
    }

    private static byte[]? Extent(FileBytes file, long offset, ref long budget)
    {
        for (var size = FirstTry; ; size *= 4)
        {
            var bytes = file.Peek(offset, Math.Min(size, LongestJson));
            var outcome = Read(bytes, out var consumed);
            budget -= consumed;
            if (budget < 0)
                throw new BrokenFileException(offset, "JSON too tangled to inspect");
            if (outcome == Outcome.Whole)
                return bytes[..consumed];
            if (outcome == Outcome.No || bytes.Length < size)
                return null;
        }
    }

    private static Outcome Read(ReadOnlySpan<byte> bytes, out int consumed)
    {
        var reader = new Utf8JsonReader(
            bytes,
            isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth })
        );
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject)
                {
                    consumed = (int)reader.BytesConsumed;
                    return Outcome.Whole;
                }
            }

            consumed = bytes.Length;
            return Outcome.Unfinished;
        }
        catch (JsonException)
        {
            consumed = (int)reader.BytesConsumed + 1;
            return Outcome.No;
        }
    }

    private static JsonDocument? Parse(byte[] json)
    {
        // A name can be escaped, so only JSON without a backslash is passed over by its bytes.
        if (json.AsSpan().IndexOf("class_name"u8) < 0 && !json.AsSpan().Contains((byte)'\\'))
            return null;
        return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
    }
}
