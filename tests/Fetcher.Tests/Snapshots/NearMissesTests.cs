using NixAiModels.Snapshots;

namespace NixAiModels.Tests.Snapshots;

public class NearMissesTests
{
    private static readonly string[] Paths =
    [
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "pytorch_model.bin",
        "tokenizer.json",
        "tokenizer_config.json",
        "onnx/model.onnx",
        "onnx/model_q4.onnx",
        "gguf/Llama-3.2-1B-Q4_K_M.gguf",
        "gguf/Llama-3.2-1B-Q8_0.gguf",
        "vocab.txt",
    ];

    [Theory]
    [InlineData("Config.json", "config.json")]
    [InlineData("model.safetensor", "model.safetensors")]
    [InlineData("*.safetensor", "model.safetensors")]
    [InlineData("model.onnx", "onnx/model.onnx")]
    [InlineData("ONNX/*", "onnx/model.onnx")]
    [InlineData("llama-3.2-1b-q4_k_m.gguf", "gguf/Llama-3.2-1B-Q4_K_M.gguf")]
    [InlineData("tokeniser.json", "tokenizer.json")]
    [InlineData("vocab.json", "vocab.txt")]
    [InlineData("pytorch-model.bin", "pytorch_model.bin")]
    public void The_nearest_comes_first(string wanted, string meant) =>
        NearMisses.Of(wanted, Paths)[0].Should().Be(meant);

    [Theory]
    [InlineData("README.md")]
    [InlineData("*.msgpack")]
    public void Nothing_near_is_nothing_asked(string wanted) => NearMisses.Of(wanted, Paths).Should().BeEmpty();

    [Fact]
    public void No_more_than_three_are_named() =>
        NearMisses.Of("shard-9.bin", Enumerable.Range(1, 8).Select(n => $"shard-{n}.bin")).Should().HaveCount(3);

    [Fact]
    public void A_hostile_listing_does_not_hang()
    {
        var paths = Enumerable.Range(0, 1000).Select(n => new string('a', 4000) + n);

        NearMisses.Of(new string('a', 4000), paths).Should().BeEmpty();
    }
}
