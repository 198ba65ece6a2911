using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Transfer;

public class ContentDigestTests
{
    private const string Forty = "0123456789abcdef0123456789abcdef01234567";
    private const string SixtyFour = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData(Forty, true, false)]
    [InlineData(SixtyFour, false, true)]
    [InlineData("", false, false)]
    [InlineData("0123", false, false)]
    [InlineData("0123456789ABCDEF0123456789abcdef01234567", false, false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456\n", false, false)]
    [InlineData("../../../../../../etc/passwd/00000000000", false, false)]
    [InlineData("../../../../../../etc/passwd/00000000000000000000000000000000000", false, false)]
    public void Only_lower_case_hexadecimal_digits_of_the_right_number_are_an_id(
        string text,
        bool forty,
        bool sixtyFour
    )
    {
        (CommitId.TryParse(text) is not null).Should().Be(forty);
        (GitBlobId.TryParse(text) is not null).Should().Be(forty);
        (Sha256Digest.TryParse(text) is not null).Should().Be(sixtyFour);
    }

    [Fact]
    public void The_id_of_a_blob_is_that_of_git() =>
        GitBlobId
            .Of(new MemoryStream("hello\n"u8.ToArray()), 6)
            .Hex.Should()
            .Be("ce013625030ba8dba906f756967f9e9ca394464a");
}
