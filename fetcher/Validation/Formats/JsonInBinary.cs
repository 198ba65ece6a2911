using System.Text.Json;

namespace NixAiModels.Validation.Formats;

/// <summary>Finds JSON objects wherever they stand in a binary file: the configuration of a Keras model in HDF5 or in a
/// protocol buffer is found without believing the container's own structure.</summary>
internal static class JsonInBinary
{
    private const int Window = 1024 * 1024;
    private const int LongestJson = 64 * 1024 * 1024;
    private const int MaxDepth = 1024;

    // Strings and what stands between them can both read as JSON: a file is followed twice, or a little more.
    private const int Rereads = 8;

    /// <summary>Every JSON object with a <c>class_name</c>, outermost ones only, with its offset; objects longer than
    /// 64 MiB in parts.</summary>
    /// <exception cref="BrokenFileException">The file is made so that looking through it would take too
    /// long.</exception>
    public static IEnumerable<(long Offset, JsonDocument Json)> Find(FileBytes file, CancellationToken cancellation)
    {
        var extents = new JsonExtents(file);
        var failed = new HashSet<long>();
        var budget = (Rereads * file.Length) + LongestJson;
        for (long window = 0, next = 0; window < file.Length; window += Window)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = file.Peek(window, Window);
            for (var at = (int)Math.Clamp(next - window, 0, Window); at < bytes.Length; at++)
            {
                var found = bytes.AsSpan(at).IndexOf((byte)'{');
                if (found < 0)
                    break;
                at += found;
                var start = window + at;
                next = start + 1;
                if (!MayBegin(bytes.AsSpan(at)) || failed.Remove(start))
                    continue;
                var objects = extents.Read(start, LongestJson);
                budget -= extents.End - start;
                if (budget < 0)
                    throw new BrokenFileException(start, "JSON too tangled to inspect");
                failed.UnionWith(extents.Failed);
                next =
                    extents.IsWhole ? extents.End
                    : objects.Count > 0 ? objects[^1].End
                    : next;
                at = (int)Math.Min(next - window, bytes.Length) - 1;
                foreach (var (begin, end) in objects.ToArray())
                    yield return (begin, Parse(file, begin, end));
            }
        }
    }

    // "{", spaces, '"': at the window's end what follows is not seen, and the long way decides.
    private static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[1..].TrimStart(" \t\r\n"u8);
        return rest.IsEmpty || rest[0] == '"';
    }

    private static JsonDocument Parse(FileBytes file, long start, long end)
    {
        var json = file.Peek(start, (int)(end - start));
        PythonConstants.Replace(json);
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            throw new BrokenFileException(start, "JSON that readers understand differently");
        }
    }
}
