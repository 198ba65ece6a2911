using NixAiModels.Transfer;
using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

/// <summary>What the content-addressed store says of a file is checked before a byte is requested.</summary>
public sealed class ReconstructionTests
{
    private const string Xorb = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly ByteRange Range = new(1000, 5000);
    private static readonly XorbRangeEntry Bytes = new(new(2, 4), new(0, 8000));
    private static readonly TermEntry Term = new(Xorb, 6000, new(2, 4));

    [Fact]
    public void A_term_begins_before_the_range_and_ends_after_it()
    {
        var parsed = Reconstruction.Parse(Document([Term], offset: 500), Range);

        parsed.Terms.Should().ContainSingle().Which.Should().Be(new Term(Xorb, new(2, 4), 500, 6000));
        parsed.RangeOf(parsed.Terms[0]).Bytes.Should().Be(new ByteRange(0, 8001));
    }

    [Fact]
    public void Version_1_is_read_too() =>
        Reconstruction
            .Parse(
                new ReconstructionDocument(0, [Term])
                {
                    FetchInfo = new() { [Xorb] = [new FetchEntry("http://x/", new(0, 8000), new(2, 4))] },
                },
                Range
            )
            .Terms.Should()
            .ContainSingle();

    public static TheoryData<string, string> Invalid =>
        new()
        {
            { "too short", "terms of 2000 bytes for 5000" },
            { "none", "terms of 0 bytes for 5000" },
            { "too many", "terms of 12000 bytes for 5000" },
            { "offset", "terms of -500 bytes for 5000" },
            { "negative offset", "terms of 6001 bytes for 5000" },
            { "outside", "chunks 3 to 5 of a xorb without an address for them" },
            { "unknown xorb", "without an address for them" },
            { "no hash", "a xorb named .." },
            { "empty", "chunks 3 to 3 of a xorb" },
            { "backwards", "chunks 3 to 2 of a xorb" },
            { "endless", "chunks 2 to 9000000000 of a xorb" },
            { "expanding", "6000000 bytes in 2 chunks" },
            { "shrinking", "1 bytes in 2 chunks" },
            { "bytes backwards", "bytes 10 to 9 of a xorb for 2 chunks" },
            { "bytes before", "bytes -1 to 900 of a xorb for 2 chunks" },
            { "bytes beyond", "bytes 0 to 9000000000 of a xorb for 2 chunks" },
            { "few bytes", "bytes 0 to 16 of a xorb for 2 chunks" },
        };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_answer_that_contradicts_itself_is_refused(string what, string reason) =>
        FluentActions
            .Invoking(() => Reconstruction.Parse(Document(what), Range))
            .Should()
            .Throw<FormatException>()
            .WithMessage($"reconstruction with*{reason}");

    private static ReconstructionDocument Document(string what) =>
        what switch
        {
            "too short" => Document([Term with { UnpackedLength = 2000 }]),
            "none" => Document([]),
            "too many" => Document([Term, Term]),
            "offset" => Document([Term], offset: 6500),
            "negative offset" => Document([Term], offset: -1),
            "outside" => Document([Term with { Range = new(3, 5) }]),
            "unknown xorb" => Document([Term with { Hash = new string('0', 64) }]),
            "no hash" => Document([Term with { Hash = ".." }]),
            "empty" => Document([Term with { Range = new(3, 3) }]),
            "backwards" => Document([Term with { Range = new(3, 2) }]),
            "endless" => Document([Term with { Range = new(2, 9_000_000_000) }]),
            "expanding" => Document([Term with { UnpackedLength = 6_000_000 }]),
            "shrinking" => Document([Term with { UnpackedLength = 1 }]),
            "bytes backwards" => Document([Term], bytes: new(10, 9)),
            "bytes before" => Document([Term], bytes: new(-1, 900)),
            "bytes beyond" => Document([Term], bytes: new(0, 9_000_000_000)),
            _ => Document([Term], bytes: new(0, 16)),
        };

    private static ReconstructionDocument Document(TermEntry[] terms, long offset = 0, RangeEntry? bytes = null) =>
        new(offset, terms)
        {
            Xorbs = new() { [Xorb] = [new XorbEntry("http://x/", [Bytes with { Bytes = bytes ?? Bytes.Bytes }])] },
        };
}
