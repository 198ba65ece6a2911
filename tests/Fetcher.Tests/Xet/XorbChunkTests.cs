using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using NixAiModels.Transfer;
using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

public sealed class XorbChunkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(65_537)]
    [InlineData(131_072)]
    public void Every_encoding_is_decoded(int length)
    {
        var bytes = Bytes.Weights(length, seed: length);

        Decode(Header(0, length, length), bytes).Should().Equal(bytes);
        foreach (var chained in (bool[])[false, true])
        {
            var frame = Frame(bytes, chained);
            Decode(Header(1, frame.Length, length), frame).Should().Equal(bytes);
            var groups = Frame(Group(bytes), chained);
            Decode(Header(2, groups.Length, length), groups).Should().Equal(bytes);
        }
    }

    [Theory]
    [InlineData(0, 0, 131_073, 131_073, "length 131073")]
    [InlineData(0, 0, 10, 11, "stored length 10")]
    [InlineData(0, 1, 10, 0, "length 0")]
    [InlineData(0, 1, 0, 10, "stored length 0")]
    [InlineData(0, 1, 262_137, 10, "stored length 262137")]
    [InlineData(0, 3, 10, 10, "unknown encoding 3")]
    [InlineData(1, 0, 10, 10, "version 1")]
    public void An_invalid_header_is_refused(int version, int encoding, int stored, int length, string reason)
    {
        var header = Header(encoding, stored, length);
        header[0] = (byte)version;

        FluentActions
            .Invoking(() => XorbChunk.ReadHeader(header))
            .Should()
            .Throw<TransferFault>()
            .WithMessage($"invalid chunk of a xorb: {reason}")
            .Which.Code.Should()
            .Be(ExitCode.Integrity);
    }

    [Theory]
    [InlineData(100_000, 1000)]
    [InlineData(1000, 1001)]
    public void A_chunk_that_expands_to_another_length_is_refused(int length, int announced)
    {
        var frame = Frame(new byte[length], chained: false);

        foreach (var encoding in (int[])[1, 2])
        {
            FluentActions
                .Invoking(() => Decode(Header(encoding, frame.Length, announced), frame))
                .Should()
                .Throw<TransferFault>();
        }
    }

    [Fact]
    public void No_damaged_frame_is_read_beyond_its_end()
    {
        var bytes = Bytes.Weights(3000, seed: 1);
        var frame = Frame(Group(bytes), chained: false);
        for (var i = 0; i < frame.Length; i++)
        {
            foreach (var wrong in (byte[][])[frame[..i], [.. frame[..i], (byte)(frame[i] ^ 0x81), .. frame[(i + 1)..]]])
            {
                try
                {
                    Decode(Header(2, wrong.Length == 0 ? 1 : wrong.Length, bytes.Length), wrong);
                }
                catch (TransferFault)
                {
                    // What else could be said of it.
                }
            }
        }
    }

    private static byte[] Decode(byte[] header, byte[] stored)
    {
        var chunk = XorbChunk.ReadHeader(header);
        var bytes = new byte[chunk.Length];
        chunk.Decode(stored, bytes, new byte[ContentChunker.Longest]);
        return bytes;
    }

    private static byte[] Header(int encoding, int stored, int length) =>
        [
            0,
            (byte)stored,
            (byte)(stored >> 8),
            (byte)(stored >> 16),
            (byte)encoding,
            (byte)length,
            (byte)(length >> 8),
            (byte)(length >> 16),
        ];

    private static byte[] Frame(byte[] bytes, bool chained)
    {
        using var frame = new MemoryStream();
        var settings = new LZ4EncoderSettings
        {
            ChainBlocks = chained,
            BlockSize = 64 << 10,
            CompressionLevel = LZ4Level.L00_FAST,
        };
        using (var encoder = LZ4Stream.Encode(frame, settings, leaveOpen: true))
            encoder.Write(bytes);
        return frame.ToArray();
    }

    private static byte[] Group(byte[] bytes) =>
        [.. Enumerable.Range(0, 4).SelectMany(group => bytes.Where((_, i) => i % 4 == group))];
}
