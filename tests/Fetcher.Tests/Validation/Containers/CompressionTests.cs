using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Containers;

/// <summary>Readers go on after the first of several compressed streams; so must the scan.</summary>
public sealed class CompressionTests
{
    private static readonly byte[] Payload = "cos\nsystem\n(S'x'\ntR."u8.ToArray();
    private static readonly byte[] Prose = "text, and more text\n"u8.ToArray();

    // xz and LZMA have no encoder here: the payload, the text and nothing, as Python's lzma writes them.
    private static readonly Dictionary<string, Func<byte[], byte[]>> Encoders = new(StringComparer.Ordinal)
    {
        ["gz"] = bytes => Encode(bytes, stream => new GZipStream(stream, CompressionLevel.Fastest)),
        ["z"] = bytes => Encode(bytes, stream => new ZLibStream(stream, CompressionLevel.Fastest)),
        ["lz4"] = bytes => Encode(bytes, stream => LZ4Stream.Encode(stream)),
        ["bz2"] = bytes =>
            Encode(
                bytes,
                stream =>
                    SharpCompress.Compressors.BZip2.BZip2Stream.Create(
                        stream,
                        SharpCompress.Compressors.CompressionMode.Compress,
                        decompressConcatenated: false
                    )
            ),
        ["zst"] = bytes => Encode(bytes, stream => new SharpCompress.Compressors.ZStandard.CompressionStream(stream)),
        ["xz"] = bytes =>
            Stored(
                bytes,
                "/Td6WFoAAATm1rRGAgAhAQwAAACPmEGcAQATY29zCnN5c3RlbQooUyd4Jwp0Ui4AGEf/CQoDKWsAASwU"
                    + "+AptAx+2830BAAAAAARZWg==",
                "/Td6WFoAAATm1rRGAgAhAQwAAACPmEGcAQATdGV4dCwgYW5kIG1vcmUgdGV4dAoAQi/zphuWSXsAASwU"
                    + "+AptAx+2830BAAAAAARZWg==",
                "/Td6WFoAAATm1rRGAAAAABzfRCEftvN9AQAAAAAEWVo="
            ),
        ["lzma"] = bytes =>
            Stored(
                bytes,
                "XQAABAD//////////wAxm8rGsnxl39+RWZ+x1n4u6zGMgLdOVpYx//+SkAAA",
                "XQAABAD//////////wA6GUt4EK4WY27LPOuwSsIRWc+XsxDD///nI4AA",
                "XQAABAD//////////wCD//v//8AAAAA="
            ),
    };

    public static TheoryData<string> Extensions => [.. Encoders.Keys];

    [Theory]
    [MemberData(nameof(Extensions))]
    public void A_pickle_in_the_second_stream_is_found(string extension)
    {
        var encode = Encoders[extension];
        var padding = new byte[extension == "xz" ? 8 : 0];
        foreach (var name in (string[])[$"m.pkl.{extension}", "m.bin"])
        {
            Scan(name, [.. encode([]), .. padding, .. encode(Payload)])
                .Should()
                .Contain(finding => finding.Severity >= Severity.Dangerous);
        }
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public void Other_data_after_a_pickle_stream_is_refused(string extension) =>
        Scan($"m.pkl.{extension}", [.. Encoders[extension](Prose), .. "and the rest"u8])
            .Should()
            .Contain(finding => finding.Severity >= Severity.Suspicious);

    [Theory]
    [MemberData(nameof(Extensions))]
    public void Several_streams_of_text_are_honest(string extension)
    {
        var encode = Encoders[extension];
        Scan($"notes.txt.{extension}", encode(Prose)).Should().BeEmpty();
        Scan($"notes.txt.{extension}", [.. encode(Prose), .. encode([]), .. encode(Prose)]).Should().BeEmpty();
    }

    [Fact]
    public void An_xz_stream_may_be_followed_by_one_of_lzma() =>
        Scan("m.pkl.xz", [.. Encoders["xz"]([]), .. Encoders["lzma"](Payload)])
            .Should()
            .Contain(finding => finding.Severity >= Severity.Dangerous);

    [Fact]
    public void Raw_numbers_are_not_taken_for_a_compressed_stream_or_safetensors()
    {
        var random = new Random(12);
        foreach (var first in Enumerable.Range(0, 256).Concat([0x789C, 0x9C78, 0x5D, 0x015D, 1 << 20]))
        {
            foreach (var second in (long[])[0, 1, 0x7B, 0x227B, 0x5D, random.Next()])
            {
                long[] numbers = [first, second, .. Enumerable.Range(0, 200).Select(_ => (long)random.Next(50_000))];
                byte[] bytes = [.. numbers.SelectMany(BitConverter.GetBytes)];
                using var model = new ModelFolder().With("index.raw", bytes);
                model.Validate().Messages().Should().BeEmpty($"{first}, {second} begin only numbers");
            }
        }
    }

    private static byte[] Encode(byte[] bytes, Func<Stream, Stream> open)
    {
        using var encoded = new MemoryStream();
        using (var encoder = open(encoded))
            encoder.Write(bytes);
        return encoded.ToArray();
    }

    private static byte[] Stored(byte[] bytes, string payload, string text, string empty) =>
        Convert.FromBase64String(
            bytes.Length == 0 ? empty
            : bytes == Payload ? payload
            : text
        );

    private static List<Finding> Scan(string name, byte[] bytes)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan(name, new MemorySource(bytes), findings.Add, TestContext.Current.CancellationToken);
        return findings;
    }
}
