using NixAiModels.Hub;
using NixAiModels.Snapshots;

namespace NixAiModels.Tests.Snapshots;

/// <summary>Models of a GGUF repository by their quantization, as <c>ORG/NAME:Q4_K_M</c> names them.</summary>
public sealed class GgufChoiceTests
{
    private static readonly RepositoryId Repository = RepositoryId.Parse("acme/Qwen3-8B-GGUF");

    private static readonly HubFile[] Listing =
    [
        Listed.File("README.md"),
        Listed.File("Qwen3-8B-Q4_K.gguf", 4_100_000_000),
        Listed.File("Qwen3-8B-Q4_K_M.gguf", 5_000_000_000),
        Listed.File("Qwen3-8B-IQ4_XS.gguf", 4_000_000_000),
        Listed.File("Qwen3-8B-BF16-00001-of-00002.gguf", 9_000_000_000),
        Listed.File("Qwen3-8B-BF16-00002-of-00002.gguf", 7_000_000_000),
        Listed.File("Qwen3-8B-UD-Q8_K_XL.gguf", 9_500_000_000),
        Listed.File("Q8_0/model-00001-of-00002.gguf"),
        Listed.File("Q8_0/model-00002-of-00002.gguf"),
        Listed.File("old_name_q5_0.gguf"),
        Listed.File("mmproj-F16.gguf", 900_000_000),
        Listed.File("mmproj-BF16.gguf", 900_000_000),
        Listed.File("imatrix_Q4_K_M.gguf"),
    ];

    [Theory]
    [InlineData("Q4_K_M", "Qwen3-8B-Q4_K_M.gguf")]
    [InlineData("q4_k_m", "Qwen3-8B-Q4_K_M.gguf")]
    [InlineData("Q4_K", "Qwen3-8B-Q4_K.gguf")]
    [InlineData("Q8_K_XL", "Qwen3-8B-UD-Q8_K_XL.gguf")]
    [InlineData("UD-Q8_K_XL", "Qwen3-8B-UD-Q8_K_XL.gguf")]
    [InlineData("bf16", "Qwen3-8B-BF16-00001-of-00002.gguf", "Qwen3-8B-BF16-00002-of-00002.gguf")]
    [InlineData("Q8_0", "Q8_0/model-00001-of-00002.gguf", "Q8_0/model-00002-of-00002.gguf")]
    [InlineData("Q5_0", "old_name_q5_0.gguf")]
    [InlineData("Qwen3-8B-IQ4_XS.gguf", "Qwen3-8B-IQ4_XS.gguf")]
    public void A_quantization_is_every_part_of_the_one_model_with_that_word_in_its_name(
        string quant,
        params string[] expected
    ) => Paths(new([], [], []) { Quant = quant }).Should().Equal(expected);

    [Theory]
    [InlineData("Q4")]
    [InlineData("Q2_K")]
    [InlineData("XS")]
    [InlineData("F16")]
    public void A_part_of_a_word_and_a_projector_are_not_a_quantization(string quant)
    {
        var failure = Failing(new([], [], []) { Quant = quant });

        failure.Code.Should().Be(ExitCode.NotFound);
        failure.Message.Should().StartWith($"no quantization '{quant}' in the repository; it has\n");
        failure.Message.Should().Contain("  BF16            16 GB  2 parts").And.NotContain("mmproj");
    }

    [Fact]
    public void Two_candidates_are_an_error_that_lists_both_and_how_to_name_one()
    {
        HubFile[] listing = [.. Listed.Files("a-Q4_K_M.gguf", "a-UD-Q4_K_M.gguf", "b.gguf")];

        var failure = Failing(new([], [], []) { Quant = "Q4_K_M" }, listing);

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().Be("'Q4_K_M' names 2 files:\n  a-Q4_K_M.gguf  1 kB\n  a-UD-Q4_K_M.gguf  1 kB");
        failure
            .Next.Should()
            .Be("nix-prefetch-hf acme/Qwen3-8B-GGUF:a-Q4_K_M\nnix-prefetch-hf acme/Qwen3-8B-GGUF:a-UD-Q4_K_M");
        Paths(new([], [], []) { Quant = "a-Q4_K_M" }, listing).Should().Equal("a-Q4_K_M.gguf");
    }

    [Fact]
    public void A_projector_is_taken_when_it_is_asked_for()
    {
        Paths(new([], [], []) { Quant = "Q4_K_M", Mmproj = "f16" })
            .Should()
            .Equal("Qwen3-8B-Q4_K_M.gguf", "mmproj-F16.gguf");
        Failing(new([], [], []) { Quant = "Q4_K_M", Mmproj = "mmproj" }).Message.Should().StartWith("'mmproj' names 2");
    }

    [Fact]
    public void Other_files_can_be_selected_beside_it() =>
        Paths(new([], ["*.md"], []) { Quant = "Q4_K_M" }).Should().Equal("Qwen3-8B-Q4_K_M.gguf", "README.md");

    [Fact]
    public void A_pin_names_the_files()
    {
        var selection = new Selection(["README.md"], [], []) { Quant = "BF16", Mmproj = "F16" };

        var resolved = selection.Resolved(selection.Apply(Listing).Files);

        resolved
            .Files.Should()
            .Equal(
                "README.md",
                "Qwen3-8B-BF16-00001-of-00002.gguf",
                "Qwen3-8B-BF16-00002-of-00002.gguf",
                "mmproj-F16.gguf"
            );
        resolved.Should().Match<Selection>(each => each.Quant == null && each.Mmproj == null);
        Paths(resolved).Should().BeEquivalentTo(Paths(selection));
    }

    [Fact]
    public void Without_a_choice_the_answer_is_the_table()
    {
        var failure = ((Action)(() => GgufChoice.Require(Repository, Listing))).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure
            .Message.Should()
            .Be(
                """
                acme/Qwen3-8B-GGUF has 7 models, 38.6 GB together:
                  q5_0             1 kB
                  Q8_0             2 kB  2 parts
                  IQ4_XS           4 GB
                  Q4_K           4.1 GB
                  Q4_K_M           5 GB
                  UD-Q8_K_XL     9.5 GB
                  BF16            16 GB  2 parts
                  apart: mmproj-F16.gguf
                  apart: mmproj-BF16.gguf
                """
            );
        failure
            .Next.Should()
            .Be(
                "nix-prefetch-hf acme/Qwen3-8B-GGUF:Q4_K_M\n"
                    + "nix-prefetch-hf acme/Qwen3-8B-GGUF --include '*'   # all of them"
            );
    }

    [Fact]
    public void One_model_or_other_weights_need_no_choice()
    {
        GgufChoice.Require(Repository, Listed.Files("a-Q4_K_M.gguf", "mmproj-F16.gguf", "README.md"));
        GgufChoice.Require(Repository, Listed.Files("a-Q4_K_M.gguf", "a-Q8_0.gguf", "model.safetensors"));
        GgufChoice.Require(Repository, Listed.Shards("a-Q4_K_M", ".gguf", 3));
    }

    private static IEnumerable<string> Paths(Selection selection, HubFile[]? listing = null) =>
        selection.Apply(listing ?? Listing, Repository.ToString()).Files.Select(file => file.Path);

    private static Failure Failing(Selection selection, HubFile[]? listing = null) =>
        selection.Invoking(it => it.Apply(listing ?? Listing, Repository.ToString())).Should().Throw<Failure>().Which;
}
