using System.Text.Json;

namespace NixAiModels.TestHub.Xet;

/// <summary>A range of a file as terms: chunks of a xorb that follow one another there and in the file.</summary>
internal sealed class Reconstruction
{
    private readonly List<(Xorb Xorb, int Start, int End, long Length)> _terms = [];
    private readonly long _offsetIntoFirst;

    public Reconstruction(ChunkedFile file, ByteRange range)
    {
        var end = range.First + range.Length;
        foreach (
            var chunk in file.Chunks.Where(chunk => chunk.Offset < end && chunk.Offset + chunk.Length > range.First)
        )
        {
            if (_terms is [.., var last] && last.Xorb == chunk.Xorb && last.End == chunk.Index)
            {
                _terms[^1] = last with { End = last.End + 1, Length = last.Length + chunk.Length };
                continue;
            }

            if (_terms.Count == 0)
                _offsetIntoFirst = range.First - chunk.Offset;
            _terms.Add((chunk.Xorb, chunk.Index, chunk.Index + 1, chunk.Length));
        }
    }

    /// <summary>The answer.</summary>
    /// <param name="isVersion2">Whether one address has all ranges of a xorb.</param>
    /// <param name="sign">Makes the address of ranges of a xorb.</param>
    /// <param name="faults">What is wrong with the answer.</param>
    public byte[] Write(bool isVersion2, Func<Xorb, string, string> sign, IEnumerable<Fault> faults)
    {
        var addressed = _terms.ToArray();
        foreach (var fault in faults.Where(fault => fault.Kind == "terms"))
            Spoil(fault);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("offset_into_first_range", _offsetIntoFirst);
            json.WriteStartArray("terms");
            foreach (var term in _terms)
            {
                json.WriteStartObject();
                json.WriteString("hash", term.Xorb.Hash);
                json.WriteNumber("unpacked_length", term.Length);
                WriteRange(json, "range", term.Start, term.End);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject(isVersion2 ? "xorbs" : "fetch_info");
            foreach (var xorb in addressed.GroupBy(term => term.Xorb))
                WriteXorb(json, xorb.Key, Merge(xorb.Select(term => (term.Start, term.End))), isVersion2, sign);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteXorb(
        Utf8JsonWriter json,
        Xorb xorb,
        List<(int Start, int End)> ranges,
        bool isVersion2,
        Func<Xorb, string, string> sign
    )
    {
        json.WriteStartArray(xorb.Hash);
        (int Start, int End)[][] entries = isVersion2
            ?
            [
                [.. ranges],
            ]
            : [.. ranges.Select(range => new[] { range })];
        foreach (var entry in entries)
        {
            var bytes = entry.Select(range => (First: xorb.StartOf(range.Start), Last: xorb.StartOf(range.End) - 1));
            var header = "bytes=" + string.Join(',', bytes.Select(range => $"{range.First}-{range.Last}"));
            json.WriteStartObject();
            json.WriteString("url", sign(xorb, header));
            if (isVersion2)
                json.WriteStartArray("ranges");
            foreach (var (start, end) in entry)
            {
                if (isVersion2)
                    json.WriteStartObject();
                WriteRange(json, isVersion2 ? "chunks" : "range", start, end);
                WriteRange(json, isVersion2 ? "bytes" : "url_range", xorb.StartOf(start), xorb.StartOf(end) - 1);
                if (isVersion2)
                    json.WriteEndObject();
            }

            if (isVersion2)
                json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter json, string name, long start, long end)
    {
        json.WriteStartObject(name);
        json.WriteNumber("start", start);
        json.WriteNumber("end", end);
        json.WriteEndObject();
    }

    private static List<(int Start, int End)> Merge(IEnumerable<(int Start, int End)> ranges)
    {
        var merged = new List<(int Start, int End)>();
        foreach (var range in ranges.Order())
        {
            if (merged is [.., var last] && range.Start <= last.End)
                merged[^1] = (last.Start, Math.Max(last.End, range.End));
            else
                merged.Add(range);
        }

        return merged;
    }

    private void Spoil(Fault fault)
    {
        var last = _terms[^1];
        switch (fault.Change)
        {
            case "outside":
                _terms[^1] = last with { Start = last.Start + 1000, End = last.End + 1000 };
                break;
            case "length":
                _terms[^1] = last with { Length = last.Length + fault.Bytes };
                break;
            case "order":
                _terms.Reverse();
                break;
            case "overlap":
                _terms.Add(last);
                break;
            default:
                _terms.Clear();
                break;
        }
    }
}
