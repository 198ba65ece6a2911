using System.Security.Cryptography;
using CsCheck;
using NixAiModels.Nar;

namespace NixAiModels.Tests.Nar;

public class NixHashTests
{
    // sha256 of the empty string, as `nix-hash --to-base32` and `nix hash to-sri` print it.
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Base32 = "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73";
    private const string Base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    [Theory]
    [InlineData(Hex)]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData(Base32)]
    [InlineData(Base64)]
    [InlineData("sha256:" + Hex)]
    [InlineData("sha256:" + Base32)]
    [InlineData("sha256:" + Base64)]
    [InlineData("sha256-" + Base64)]
    public void A_hash_is_read_in_every_form_and_written_in_three(string text)
    {
        var hash = NixHash.Parse(text);

        hash.Should().Be(NixHash.OfDigest(SHA256.HashData([])));
        hash.Hex.Should().Be(Hex);
        hash.Base32.Should().Be(Base32);
        hash.Sri.Should().Be("sha256-" + Base64);
        hash.ToString().Should().Be(hash.Sri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256-")]
    [InlineData("sha256-" + Hex)]
    [InlineData("sha512-" + Base64)]
    [InlineData("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=")]
    [InlineData("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS  uF")]
    [InlineData("zmdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73")]
    [InlineData("0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c7e")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void What_is_no_sha256_is_refused_with_the_forms_that_are(string text)
    {
        var failure = FluentActions.Invoking(() => NixHash.Parse(text)).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Next.Should().Contain("sha256-…");
    }

    [Fact]
    public void Base_32_is_what_nix_hash_writes() =>
        Gen
            .Byte.Array[32]
            .Sample(
                bytes =>
                {
                    var hash = NixHash.OfDigest(bytes);
                    hash.Base32.Should().Be(RealNix.Run("nix-hash", "--type", "sha256", "--to-base32", hash.Hex));
                    NixHash.Parse(hash.Base32).Should().Be(hash);
                    NixHash.Parse(hash.Sri).Should().Be(hash);
                },
                iter: 20,
                threads: 1
            );
}
