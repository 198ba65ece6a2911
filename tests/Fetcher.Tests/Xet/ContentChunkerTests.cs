using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

/// <summary>Files are cut where Hugging Face's own client cuts them (xet-core, <c>deduplication/chunking.rs</c>);
/// random bytes are compared in <c>tests/interop</c>.</summary>
public sealed class ContentChunkerTests
{
    // With this pattern every repetition has one boundary.
    private static readonly byte[] Pattern =
    [
        .. Convert.FromHexString(
            "9a342a229f4b7ee046ec0cc44fecb27c7f3263b22cb0ae7efaebcdaefc7a230a1465d645c10873699ee4786f88a2c6fb"
                + "d3b7fdfca4933f10baa27517aa24cdbbae4cd2aed3af0caf913b0246deb59fe3b69cbd33e26a1832b79d8c0a0817d4"
                + "460aea1721dbfe27ec4631bf7409730f651a9fa5dc0faa387d5ca35eeb26283151"
        ),
    ];

    [Fact]
    public void Bytes_without_a_boundary_are_cut_at_the_longest_chunk() =>
        Cut([.. Enumerable.Repeat((byte)59, 1_000_000)])
            .Should()
            .Equal(131072, 262144, 393216, 524288, 655360, 786432, 917504, 1000000);

    [Theory]
    [InlineData(0, new[] { 8256, 16448, 24640, 32832, 41024, 49216, 57408, 65536 })]
    [InlineData(2, new[] { 8254, 16574, 24894, 33214, 41534, 49854, 58174, 65536 })]
    [InlineData(3, new[] { 8317, 16570, 24823, 33076, 41329, 49582, 57835, 65536 })]
    [InlineData(70, new[] { 8380, 16696, 25012, 33328, 41644, 49960, 58276, 65536 })]
    public void Bytes_with_boundaries_are_cut_there(int padding, int[] ends) =>
        Cut(Repeated(padding)).Should().Equal(ends);

    [Fact]
    public void A_file_that_is_shorter_than_a_chunk_is_one() => Cut([1, 2, 3]).Should().Equal(3);

    [Fact]
    public void Insertions_move_boundaries_only_near_by()
    {
        var bytes = Bytes.Random(2_000_000, seed: 7);
        var before = Cut(bytes).ToHashSet();

        var after = Cut([.. bytes.AsSpan(0, 500_000), 1, 2, 3, .. bytes.AsSpan(500_000)]);

        after.Count(end => !before.Contains(end) && !before.Contains(end - 3)).Should().BeLessThan(4);
    }

    private static byte[] Repeated(int padding)
    {
        var bytes = Pattern.Concat(new byte[padding]).ToArray();
        return [.. Enumerable.Repeat(bytes, (65536 / bytes.Length) + 1).SelectMany(each => each).Take(65536)];
    }

    private static List<int> Cut(byte[] bytes)
    {
        var ends = new List<int>();
        for (var position = 0; position < bytes.Length; ends.Add(position))
            position += ContentChunker.NextLength(bytes.AsSpan(position));
        return ends;
    }
}
