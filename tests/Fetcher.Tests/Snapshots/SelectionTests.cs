using NixAiModels.Hub;
using NixAiModels.Snapshots;

namespace NixAiModels.Tests.Snapshots;

public class SelectionTests
{
    private static readonly HubFile[] Listing = Listed.Files(
        "config.json",
        "README.md",
        "onnx/model.onnx",
        "onnx/fp16/model.onnx",
        "onnx-old/model.onnx",
        ".gitattributes",
        "model[1].txt",
        "model1.txt",
        "tokenizer.json"
    );

    [Fact]
    public void Nothing_said_takes_everything_in_the_order_of_a_NAR() =>
        Paths(new([], [], []))
            .Should()
            .Equal(
                ".gitattributes",
                "README.md",
                "config.json",
                "model1.txt",
                "model[1].txt",
                "onnx/fp16/model.onnx",
                "onnx/model.onnx",
                "onnx-old/model.onnx",
                "tokenizer.json"
            );

    [Fact]
    public void Include_takes_what_any_pattern_matches_and_a_star_crosses_folders() =>
        Paths(new([], ["*.onnx", "config.*"], []))
            .Should()
            .Equal("config.json", "onnx/fp16/model.onnx", "onnx/model.onnx", "onnx-old/model.onnx");

    [Fact]
    public void A_folder_with_a_slash_means_all_that_is_in_it() =>
        Paths(new([], ["onnx/"], [])).Should().Equal("onnx/fp16/model.onnx", "onnx/model.onnx");

    [Fact]
    public void Exclude_goes_last_and_may_match_nothing() =>
        Paths(new(["README.md"], ["*.json"], ["token*", "*.msgpack"])).Should().Equal("README.md", "config.json");

    [Fact]
    public void A_path_in_files_is_taken_by_its_exact_name_before_it_is_a_pattern()
    {
        Paths(new(["model[1].txt"], [], [])).Should().Equal("model[1].txt");
        Paths(new(["model[12].txt"], [], [])).Should().Equal("model1.txt");
    }

    [Fact]
    public void One_file_is_never_a_pattern()
    {
        Selection.OfFile("model[1].txt").Apply(Listing).Files.Should().ContainSingle();

        Failing(Selection.OfFile("*.json")).Code.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public void A_file_that_is_not_there_asks_for_the_one_that_was_meant()
    {
        var failure = Failing(
            new(["model-1-of-00015.safetensors"], [], []),
            Listed.Shards("model", ".safetensors", 15)
        );

        failure.Code.Should().Be(ExitCode.NotFound);
        failure
            .Message.Should()
            .Be("model-1-of-00015.safetensors: not in the repository; did you mean model-00001-of-00015.safetensors?");
    }

    [Fact]
    public void A_folder_without_its_slash_is_said_to_be_one() =>
        Failing(new(["onnx"], [], [])).Message.Should().EndWith("did you mean onnx/?");

    [Fact]
    public void An_include_beside_others_that_matches_nothing_is_a_warning_with_the_counts()
    {
        var selected = new Selection([], ["*.json", "*.md5"], []).Apply(Listing);

        selected.Files.Should().HaveCount(2);
        selected
            .Warnings.Should()
            .Equal(
                "include \"*.md5\" matches none of the 9 files of the repository; "
                    + "2 files selected without it; did you mean README.md?"
            );
    }

    [Fact]
    public void An_include_that_matches_nothing_at_all_is_an_error_with_near_misses()
    {
        var failure = Failing(new([], ["*.JSON", "*.gguf"], []));

        failure.Code.Should().Be(ExitCode.NotFound);
        failure
            .Message.Should()
            .Be(
                "include \"*.JSON\", \"*.gguf\" matches none of the 9 files of the repository; "
                    + "did you mean config.json or tokenizer.json?"
            );
    }

    [Fact]
    public void An_exclude_that_leaves_nothing_is_an_error()
    {
        var failure = Failing(new([], ["*.json"], ["*"]));

        failure.Code.Should().Be(ExitCode.NotFound);
        failure.Message.Should().Be("exclude leaves nothing of the 2 files that are selected: \"*\"");
    }

    [Fact]
    public void A_repository_without_files_is_an_error() =>
        Failing(new([], [], []), []).Message.Should().Contain("no files at this revision");

    [Fact]
    public void A_pattern_cannot_write_to_the_terminal() =>
        Failing(new(["a\u001b[2J\nb"], [], [])).Message.Should().StartWith(@"a\u{1b}[2J\u{a}b: not");

    private static IEnumerable<string> Paths(Selection selection) =>
        selection.Apply(Listing).Files.Select(file => file.Path);

    private static Failure Failing(Selection selection, HubFile[]? listing = null) =>
        selection.Invoking(it => it.Apply(listing ?? Listing)).Should().Throw<Failure>().Which;
}
