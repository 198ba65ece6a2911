using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Snapshots;

public class ListingCheckTests
{
    private const string Sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static TheoryData<string, string> BadPaths =>
        new()
        {
            { "", "is empty" },
            { "../x", "'..'" },
            { "a/../../x", "'..'" },
            { "a/..", "'..'" },
            { "./a", "'.'" },
            { "/etc/passwd", "is absolute" },
            { "a//b", "empty name" },
            { "a/", "ends with a slash" },
            { "a\0b", "NUL" },
            { "a\uD800b", "surrogate" },
            { ".git/config", "'.git'" },
            { "sub/.GIT", "'.git'" },
            { new string('é', 128), "256 bytes" },
            { string.Join('/', Enumerable.Repeat("abc", 1025)), "4099 bytes" },
        };

    [Fact]
    public void An_honest_listing_passes() =>
        ListingCheck.Check([
            .. Listed.Files(
                ".gitattributes",
                ".gitignore",
                "...",
                "..a",
                "a b",
                "a\\b",
                "-rf",
                "ünï/日本/😀.bin",
                "line\nbreak",
                "a/b/c",
                "a/b-c",
                "a.b",
                new string('é', 127)
            ),
            new HubFile("weights", 5_000_000_000, Sha256Digest.Parse(Sha256)),
        ]);

    [Theory]
    [MemberData(nameof(BadPaths))]
    public void A_path_that_no_repository_can_have_is_refused(string path, string why) =>
        Refused([.. Listed.Files("config.json", path)]).Should().Contain(why);

    [Fact]
    public void A_file_that_is_also_a_folder_is_refused()
    {
        Refused(Listed.Files("a/b/c", "a/b")).Should().Contain("'a/b/c' has the file 'a/b' for a folder");
        Refused(Listed.Files("a", "a/b")).Should().Contain("'a/b' has the file 'a' for a folder");
    }

    [Fact]
    public void Two_entries_for_one_path_are_refused() =>
        Refused(Listed.Files("a", "b", "a")).Should().Contain("'a' is listed twice");

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_size_that_cannot_be_is_refused(long size) =>
        Refused([Listed.File("a", size)]).Should().Contain($"{size} bytes");

    [Fact]
    public void Sizes_that_overflow_together_are_refused() =>
        Refused([Listed.File("a", 1L << 50), Listed.File("b", 1)]).Should().Contain("larger than 1 PiB");

    [Fact]
    public void A_hostile_name_cannot_write_to_the_terminal() =>
        Refused(Listed.Files("\u001b[2J\u202e../x/..")).Should().Contain(@"'\u{1b}[2J\u{202e}../x/..'");

    private static string Refused(HubFile[] listing)
    {
        var failure = FluentActions.Invoking(() => ListingCheck.Check(listing)).Should().Throw<Failure>().Which;
        failure.Code.Should().Be(ExitCode.Integrity);
        return failure.Message;
    }
}
