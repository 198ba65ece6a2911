using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

/// <summary>What an older version of a file has of a newer one, by the chunks of which the two consist.</summary>
public sealed class LocalPiecesTests : IDisposable
{
    private const string Xorb = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly byte[] Older = Bytes.Weights(3_000_000, seed: 40);

    private readonly string _path = Path.GetTempFileName();

    public LocalPiecesTests() => File.WriteAllBytes(_path, Older);

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(ContentChunker.Shortest)]
    [InlineData(ContentChunker.Shortest - 64)]
    public void A_part_of_a_stretch_is_found_however_its_chunks_were_cut(int shortest)
    {
        var ends = Cut(shortest);
        ends.Should().NotEqual(Cut((2 * ContentChunker.Shortest) - shortest - 64));
        var (from, to) = (ends.Length / 3, ends.Length / 2);
        Term[] newer =
        [
            new(Xorb, new(0, from), 0, ends[from - 1]),
            new(Xorb[..^1] + "0", new(0, 1), ends[from - 1], 5000),
            new(Xorb, new(to, ends.Length), ends[from - 1] + 5000, Older.Length - ends[to - 1]),
        ];

        var pieces = LocalPieces.Find(newer, newer[^1].End, [(Version, Whole(ends))]);

        pieces
            .Should()
            .Equal(
                new LocalPiece(0, ends[from - 1], Version, 0),
                new LocalPiece(newer[2].Offset, newer[2].Length, Version, ends[to - 1])
            );
    }

    [Fact]
    public void Nothing_is_taken_of_a_file_that_does_not_have_the_chunks()
    {
        var ends = Cut(ContentChunker.Shortest);
        File.WriteAllBytes(_path, Bytes.Random(Older.Length, seed: 41));

        LocalPieces.Find([new(Xorb, new(0, 3), 0, ends[2])], ends[2], [(Version, Whole(ends))]).Should().BeEmpty();
    }

    [Fact]
    public void A_stretch_that_is_the_same_is_not_cut()
    {
        var ends = Cut(ContentChunker.Shortest);
        File.Delete(_path);

        LocalPieces
            .Find(Whole(ends), Older.Length, [(Version, Whole(ends))])
            .Should()
            .Equal(new LocalPiece(0, Older.Length, Version, 0));
    }

    [Fact]
    public void What_is_there_twice_is_taken_once()
    {
        var ends = Cut(ContentChunker.Shortest);
        Term[] older = [.. Whole(ends), new(Xorb, new(0, 4), Older.Length, ends[3])];

        LocalPieces
            .Find(Whole(ends), Older.Length, [(Version, older), (Version, older)])
            .Sum(piece => piece.Length)
            .Should()
            .Be(Older.Length);
    }

    private OlderVersion Version => field ??= OlderVersion.At(_path, new string('0', 64), Older.Length);

    private static Term[] Whole(int[] ends) => [new(Xorb, new(0, ends.Length), 0, Older.Length)];

    private static int[] Cut(int shortest)
    {
        var ends = new List<int>();
        for (var position = 0; position < Older.Length; ends.Add(position))
            position += ContentChunker.NextLength(Older.AsSpan(position), shortest);
        return [.. ends];
    }
}
