using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Validation;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Tests.Snapshots;

public class SelectionAdviceTests
{
    [Fact]
    public void The_same_weights_as_safetensors_and_as_pickle_are_one_too_many() =>
        Advice([
                Listed.File("config.json"),
                Listed.File("model.safetensors", 4_900_000_000),
                Listed.File("pytorch_model.bin", 5_000_000_000),
            ])
            .Should()
            .Equal(
                "pytorch_model.bin (5 GB): most probably the same weights as model.safetensors (4.9 GB); "
                    + "to leave them out: --exclude pytorch_model.bin (Nix: exclude = [ \"pytorch_model.bin\" ];)"
            );

    [Fact]
    public void Shards_and_their_index_are_left_out_together()
    {
        HubFile[] listing =
        [
            .. Listed.Shards("model", ".safetensors", 2),
            Listed.File("model.safetensors.index.json"),
            .. Listed.Shards("pytorch_model", ".bin", 3),
            Listed.File("pytorch_model.bin.index.json"),
        ];

        Advice(listing)
            .Should()
            .Equal(
                "pytorch_model-00001-of-00003.bin (and 2 more, 15 GB): most probably the same weights as "
                    + "model-00001-of-00002.safetensors (and 1 more, 10 GB); to leave them out: "
                    + "--exclude 'pytorch_model-*-of-*.bin' --exclude pytorch_model.bin.index.json "
                    + "(Nix: exclude = [ \"pytorch_model-*-of-*.bin\" \"pytorch_model.bin.index.json\" ];)"
            );
        new Selection([], [], ["pytorch_model-*-of-*.bin", "pytorch_model.bin.index.json"])
            .Apply(listing)
            .Warnings.Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin")]
    [InlineData("model.fp16.safetensors", "pytorch_model.fp16.bin")]
    [InlineData("v1-5.safetensors", "v1-5.ckpt")]
    [InlineData("voice.safetensors", "voice.pt")]
    [InlineData("voice.safetensors", "voice.pth")]
    public void Twins_are_known_by_the_customs_of_their_libraries(string safe, string pickled) =>
        Advice(Listed.Files(safe, pickled)).Should().ContainSingle().Which.Should().Contain(pickled);

    [Theory]
    [InlineData("model.safetensors", "tf_model.h5")]
    [InlineData("model.safetensors", "flax_model.msgpack")]
    [InlineData("model.safetensors", "rust_model.ot")]
    [InlineData("pytorch_model.bin", "tf_model.h5")]
    [InlineData("unet/diffusion_pytorch_model.safetensors", "unet/diffusion_flax_model.msgpack")]
    [InlineData("model.safetensors", "consolidated.safetensors")]
    [InlineData("model.safetensors", "consolidated.00.pth", "consolidated*")]
    [InlineData("model.safetensors", "original/consolidated.00.pth", "original/consolidated*")]
    [InlineData("unet/model.safetensors", "unet/model.fp16.safetensors", "*.fp16*.safetensors")]
    [InlineData("onnx/model.onnx", "onnx/model_quantized.onnx", "*_quantized.onnx*")]
    [InlineData("onnx/decoder_model.onnx", "onnx/decoder_model_q4f16.onnx_data", "*_q4f16.onnx*")]
    public void Duplicates_are_named_with_their_size_and_the_exclude_that_leaves_them_out(
        string kept,
        string duplicate,
        string? pattern = null
    )
    {
        HubFile[] listing = [Listed.File(kept), Listed.File(duplicate, 5_000_000_000)];

        pattern ??= duplicate.StartsWith("consolidated", StringComparison.Ordinal) ? "consolidated*" : duplicate;
        var warning = Advice(listing).Should().ContainSingle().Which;
        warning.Should().StartWith($"{duplicate} (5 GB): ").And.EndWith($"(Nix: exclude = [ \"{pattern}\" ];)");
        var without = new Selection([], [], [pattern]).Apply(listing);
        without.Warnings.Should().BeEmpty();
        without.Files.Should().ContainSingle().Which.Path.Should().Be(kept);
    }

    [Fact]
    public void Twins_in_many_folders_are_one_line_and_a_pattern_takes_nothing_else()
    {
        string[] parts = ["unet", "vae", "text_encoder"];
        var twins = Listed.Files([
            .. parts.SelectMany(part => new[] { $"{part}/model.safetensors", $"{part}/model.fp16.safetensors" }),
        ]);

        Advice(twins).Should().ContainSingle().Which.Should().Contain("--exclude '*.fp16*.safetensors' ");
        Advice([.. twins, Listed.File("only.fp16.safetensors")])
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("--exclude 'unet/model.fp16*.safetensors'")
            .And.NotContain("only");
    }

    [Fact]
    public void Several_quantizations_of_one_model_are_one_line()
    {
        HubFile[] listing =
        [
            Listed.File("Llama-3.2-1B-Q4_K_M.gguf", 2_000_000_000),
            .. Listed.Shards("Q8_0/Llama-3.2-1B-Q8_0", ".gguf", 2),
            Listed.File("Llama-3.2-1B.F16.gguf", 3_000_000_000),
            Listed.File("mmproj-F16.gguf"),
            Listed.File("Other-3B-IQ2_XS.gguf"),
        ];

        Advice(listing)
            .Should()
            .Equal(
                "3 quantizations of Llama-3.2-1B are selected: Q4_K_M 2 GB, F16 3 GB, Q8_0 10 GB; to take Q4_K_M "
                    + "alone: --exclude Llama-3.2-1B.F16.gguf --exclude 'Q8_0/Llama-3.2-1B-Q8_0-*-of-*.gguf' "
                    + "(Nix: exclude = [ \"Llama-3.2-1B.F16.gguf\" \"Q8_0/Llama-3.2-1B-Q8_0-*-of-*.gguf\" ];)"
            );
    }

    [Fact]
    public void Other_weights_and_other_folders_are_no_twins() =>
        Advice(
                Listed.Files(
                    "model.safetensors",
                    "training_args.bin",
                    "original/model.bin",
                    "unet/model.safetensors",
                    "vae/model.pt",
                    "optimizer.pt"
                )
            )
            .Should()
            .BeEmpty();

    [Theory]
    [InlineData("onnx/model.onnx_data")]
    [InlineData("onnx/model.onnx.data")]
    [InlineData("onnx/model.onnx_data_1")]
    public void An_ONNX_model_without_its_external_data_will_not_load(string data)
    {
        HubFile[] listing =
        [
            Listed.File("onnx/model.onnx"),
            Listed.File(data, 2_100_000_000),
            Listed.File("onnx/other.onnx_data"),
        ];

        new Selection(["onnx/model.onnx"], [], [])
            .Apply(listing)
            .Warnings.Should()
            .Equal(
                $"onnx/model.onnx is selected without its external data {data} (2.1 GB): it will not load; "
                    + "to take both: --include 'onnx/model.onnx*' (Nix: include = [ \"onnx/model.onnx*\" ];)"
            );
        new Selection([], ["onnx/model.onnx*"], []).Apply(listing).Warnings.Should().BeEmpty();
    }

    [Fact]
    public void An_index_without_its_shards_is_a_warning() =>
        new Selection([], ["*.json"], [])
            .Apply([.. Listed.Shards("model", ".safetensors", 3), Listed.File("model.safetensors.index.json")])
            .Warnings.Should()
            .Equal(
                "model.safetensors.index.json is selected without its shards: "
                    + "model-00001-of-00003.safetensors (and 2 more, 15 GB)"
            );

    [Theory]
    [InlineData(".gguf")]
    [InlineData(".safetensors")]
    public void Some_parts_of_split_weights_are_a_warning_that_names_the_missing_ones(string extension)
    {
        var selection = new Selection([$"q/model-00001-of-00003{extension}"], [], []);
        var listing = Listed.Shards("q/model", extension, 3);

        selection
            .Apply(listing)
            .Warnings.Should()
            .Equal(
                $"q/model-00001-of-00003{extension} is selected without 2 of its 3 parts: "
                    + $"q/model-00002-of-00003{extension}, q/model-00003-of-00003{extension} (10 GB); to take all: "
                    + $"--include 'q/model-*-of-*{extension}' (Nix: include = [ \"q/model-*-of-*{extension}\" ];)"
            );
        Failing(selection, listing).Should().Contain($"q/model-00003-of-00003{extension}");
    }

    [Fact]
    public void Parts_that_the_repository_itself_lacks_are_named()
    {
        var listing = Listed.Shards("model", ".safetensors", 15)[..14];

        Advice(listing).Should().Equal("the repository itself lacks 1 of 15 parts: model-00015-of-00015.safetensors");
        Advice(listing[..3])
            .Should()
            .ContainSingle()
            .Which.Should()
            .EndWith(
                "lacks 12 of 15 parts: model-00004-of-00015.safetensors, model-00005-of-00015.safetensors, "
                    + "model-00006-of-00015.safetensors and 9 more"
            );
        Failing(new([], [], []), listing).Should().Contain("model-00015-of-00015.safetensors");
    }

    [Fact]
    public void Parts_may_be_numbered_from_0_and_a_number_may_lie()
    {
        Advice(Listed.Files("model-00000-of-00002.bin", "model-00001-of-00002.bin")).Should().BeEmpty();
        Advice(Listed.Files("model-1-of-999999999.bin", "model-7-of-2.bin")).Should().HaveCount(2);
    }

    [Fact]
    public void A_part_of_a_data_set_is_no_mistake() =>
        new Selection(["train-00000-of-00002.parquet"], [], []) { IsStrict = true }
            .Apply(Listed.Files("train-00000-of-00002.parquet", "train-00001-of-00002.parquet"))
            .Warnings.Should()
            .BeEmpty();

    [Fact]
    public void An_index_names_the_shards_that_are_not_there()
    {
        var json =
            """
            {"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-2.safetensors","d":"../x"}}
            """u8.ToArray();

        ShardIndex
            .Parse(json)
            .Missing("sub/model.safetensors.index.json", ["sub/model-1.safetensors"])
            .Should()
            .Equal("sub/../x", "sub/model-2.safetensors");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"weight_map\":{\"a\":null}}")]
    [InlineData("{\"weight_map\":[\"a\"]}")]
    public void An_invalid_index_is_refused(string json) =>
        FluentActions
            .Invoking(() => ShardIndex.Parse(System.Text.Encoding.UTF8.GetBytes(json)))
            .Should()
            .Throw<BrokenFileException>();

    private static string Failing(Selection selection, HubFile[] listing)
    {
        var failure = (selection with { IsStrict = true })
            .Invoking(it => it.Apply(listing))
            .Should()
            .Throw<Failure>()
            .Which;
        failure.Code.Should().Be(ExitCode.NotFound);
        return failure.Message;
    }

    private static IReadOnlyList<string> Advice(HubFile[] listing) => new Selection([], [], []).Apply(listing).Warnings;
}
