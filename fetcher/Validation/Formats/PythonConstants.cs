namespace NixAiModels.Validation.Formats;

/// <summary>Python writes and reads <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> in JSON, against RFC 8259:
/// configurations have them.</summary>
internal static class PythonConstants
{
    /// <summary>Puts numbers of the same length in their place, so that the rest of the text can be read as
    /// JSON.</summary>
    public static void Replace(Span<byte> json)
    {
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (inString)
            {
                var stop = json[i..].IndexOfAny((byte)'"', (byte)'\\');
                if (stop < 0)
                    return;
                i += stop;
                inString = json[i] != '"';
                i += inString ? 1 : 0; // what a backslash escapes
                continue;
            }

            var next = json[i..].IndexOfAny((byte)'"', (byte)'N', (byte)'I');
            if (next < 0)
                return;
            i += next;
            if (json[i] == '"')
                inString = true;
            else if (json[i..].StartsWith("NaN"u8))
                json.Slice(i, 3).Fill((byte)'1');
            else if (json[i..].StartsWith("Infinity"u8))
                json.Slice(i, 8).Fill((byte)'1');
        }
    }
}
