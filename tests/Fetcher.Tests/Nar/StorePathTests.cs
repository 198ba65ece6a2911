using System.Security.Cryptography;
using CsCheck;
using NixAiModels.Nar;

namespace NixAiModels.Tests.Nar;

public class StorePathTests
{
    private static readonly NixHash Hash = NixHash.OfDigest(SHA256.HashData("model"u8));

    [Theory]
    [InlineData("hf+prajjwal1+bert-tiny+6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837", true)]
    [InlineData("hf+prajjwal1+bert-tiny+6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837", false)]
    [InlineData("_.gitattributes", false)]
    [InlineData("a?b=c_D", true)]
    public void A_fixed_output_has_the_path_that_nix_store_prints(string name, bool recursive) =>
        StorePath.OfFixedOutput(name, Hash, recursive).Should().Be(RealNix.FixedPath(name, Hash.Hex, recursive));

    [Fact]
    public void Any_name_and_hash_give_the_path_that_nix_store_prints() =>
        Gen.Select(
                Gen.Char["abcXYZ019+-_?="].Array[1, 150].Select(letters => new string(letters)),
                Gen.Byte.Array[32],
                Gen.Bool
            )
            .Sample(
                (name, digest, recursive) =>
                {
                    var hash = NixHash.OfDigest(digest);
                    StorePath
                        .OfFixedOutput("n" + name, hash, recursive)
                        .Should()
                        .Be(RealNix.FixedPath("n" + name, hash.Hex, recursive));
                },
                iter: 20,
                threads: 1
            );

    [Fact]
    public void Another_store_directory_gives_another_path()
    {
        using var state = new TemporaryFolder();

        StorePath
            .OfFixedOutput("m", Hash, true, "/data/store")
            .Should()
            .Be(
                RealNix.Run(
                    "env",
                    "NIX_STORE_DIR=/data/store",
                    $"NIX_STATE_DIR={state.Root}",
                    "nix-store",
                    "--print-fixed-path",
                    "--recursive",
                    "sha256",
                    Hash.Hex,
                    "m"
                )
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("model é")]
    [InlineData("line\nbreak")]
    public void A_name_that_nix_refuses_is_a_usage_error(string name) =>
        FluentActions
            .Invoking(() => StorePath.OfFixedOutput(name, Hash, true))
            .Should()
            .Throw<Failure>()
            .Which.Code.Should()
            .Be(ExitCode.Usage);
}
