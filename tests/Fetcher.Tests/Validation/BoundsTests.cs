using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace NixAiModels.Tests.Validation;

/// <summary>Files that are made to take long: each is judged within ten seconds of one core.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BoundsTests
{
    private const string Name = "the processor's time";

    private static readonly byte[] Hdf5 = [0x89, .. "HDF\r\n"u8, 0x1A, 0x0A, .. new byte[504]];

    private static readonly Dictionary<string, (string Name, Func<byte[]> Bytes)> Files = new(StringComparer.Ordinal)
    {
        ["braces in HDF5"] = ("m.h5", () => [.. Hdf5, .. Repeated("{", 30_000_000)]),
        ["strings in HDF5"] = ("m.h5", () => [.. Hdf5, .. Repeated("{\"", 15_000_000)]),
        ["objects in HDF5"] = ("m.h5", () => [.. Hdf5, .. Repeated("{\"a\":", 6_000_000)]),
        ["unclosed arrays"] = ("config.json", () => Repeated("[", 30_000_000)),
        ["unclosed objects"] = ("config.json", () => Repeated("{\"a\":", 6_000_000)),
        ["unclosed objects of Keras"] = ("model.json", () => Repeated("{\"a\":", 6_000_000)),
        ["unclosed lists of Keras"] = ("model.json", () => Repeated("[{\"a\":", 6_000_000)),
        ["unclosed names of Keras"] = ("model.json", () => Repeated("{\"", 15_000_000)),
        ["objects of Keras that never end"] = ("model.json", () => Repeated("{\"a\":{\"b\":1},", 2_000_000)),
        ["lists of Keras that never end"] = ("model.json", () => Repeated("{\"a\":[", 5_000_000)),
        ["an unclosed string"] = ("config.json", () => [.. "{\"a\":\""u8, .. Repeated("x", 30_000_000)]),
        ["Python's constants"] = ("config.json", () => Repeated("[NaN,", 6_000_000)),
        ["a template of braces"] = ("chat.jinja", () => Repeated("{{'", 5_000_000)),
        ["a template that hands names on"] = ("chat.jinja", Chain),
        ["a template of open calls"] = ("chat.jinja", () => [.. "{{ "u8, .. Repeated("a|sum(", 2_000_000)]),
        ["archives of many members"] = ("m.zip", () => Nested(60_000, 20, CompressionLevel.Fastest)),
        ["stored archives of many members"] = ("m.zip", () => Nested(60_000, 8, CompressionLevel.NoCompression)),
        ["a bomb of archives"] = (
            "m.zip",
            () => Enumerable.Range(0, 4).Aggregate(Zip(new byte[50_000_000], 1), (inner, _) => Zip(inner, 10))
        ),
        ["many ends"] = ("m.zip", Ends),
    };

    public static TheoryData<string> Names => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_that_is_made_to_take_long_does_not(string name)
    {
        using var model = new ModelFolder().With(Files[name].Name, Files[name].Bytes());
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        model.Validate();
        process.Refresh();
        (process.TotalProcessorTime - before).Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    private static byte[] Repeated(string text, int count)
    {
        var part = Encoding.Latin1.GetBytes(text);
        var bytes = new byte[part.Length * count];
        for (var at = 0; at < bytes.Length; at += part.Length)
            part.CopyTo(bytes, at);
        return bytes;
    }

    // The name that reaches the end was put together in the first block.
    private static byte[] Chain()
    {
        var text = new StringBuilder();
        for (var index = 0; index < 20_000; index++)
            text.Append("{% set v").Append(index).Append("=v").Append(index + 1).Append(" %}");
        return Encoding.ASCII.GetBytes(text.Append("{% set v20000='a'~'b' %}{{ x[v0] }}").ToString());
    }

    private static byte[] Nested(int members, int archives, CompressionLevel level)
    {
        var inner = Zip("text"u8.ToArray(), members);
        return Zip(inner, archives, level);
    }

    private static byte[] Zip(byte[] content, int count, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var index = 0; index < count; index++)
            {
                using var entry = zip.CreateEntry($"{index}", level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Ends()
    {
        var zip = Zip([], 60_000);
        var end = zip[^22..];
        var size = BitConverter.ToInt32(end, 12);
        var ends = new List<byte>();
        for (var index = 0; index < 2_900; index++)
        {
            BitConverter.TryWriteBytes(end.AsSpan(12), size + (22 * index));
            ends.AddRange(end);
        }

        return [.. zip[..^22], .. ends];
    }
}
