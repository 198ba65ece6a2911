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
                "model.safetensors (4.9 GB) and pytorch_model.bin (5 GB) are most probably the same weights twice; "
                    + "to leave the second out: exclude = [ \"pytorch_model.bin\" ];"
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
                "model-00001-of-00002.safetensors (and 1 more, 10 GB) and pytorch_model-00001-of-00003.bin (and 2 more, 15 GB) are most probably "
                    + "the same weights twice; to leave the second out: exclude = [ \"pytorch_model-*-of-*.bin\" \"pytorch_model.bin.index.json\" ];"
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
                $"onnx/model.onnx is selected without its external data {data} (2.1 GB): it will not load; to take both: include = [ \"onnx/model.onnx*\" ];"
            );
        new Selection([], ["onnx/model.onnx*"], []).Apply(listing).Warnings.Should().BeEmpty();
    }

    [Fact]
    public void An_index_without_all_of_its_shards_is_said_with_what_is_missing()
    {
        HubFile[] listing =
        [
            .. Listed.Shards("model", ".safetensors", 15),
            Listed.File("model.safetensors.index.json"),
        ];

        new Selection([], ["*.json", "model-0000*"], [])
            .Apply(listing)
            .Warnings.Should()
            .Equal(
                "model.safetensors.index.json is selected without 6 of its 15 shards, model-00010-of-00015.safetensors (and 5 more, 30 GB)"
            );
    }

    [Fact]
    public void Shards_that_the_repository_itself_lacks_are_said() =>
        Advice([.. Listed.Shards("model", ".safetensors", 15)[..14], Listed.File("model.safetensors.index.json")])
            .Should()
            .Equal(
                "the repository itself has 14 of the 15 shards that the names beside model.safetensors.index.json promise"
            );

    [Fact]
    public void An_index_names_the_shards_that_are_not_there()
    {
        var json =
            """{"metadata":{},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-2.safetensors","d":"../x"}}"""u8.ToArray();

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

    private static IReadOnlyList<string> Advice(HubFile[] listing) => new Selection([], [], []).Apply(listing).Warnings;
}
