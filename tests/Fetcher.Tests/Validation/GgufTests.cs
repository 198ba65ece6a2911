using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class GgufTests
{
    [Fact]
    public void An_honest_file_is_accepted_and_its_chat_template_noted()
    {
        var file = Gguf(
            [
                GgufKey("general.architecture", 8, GgufText("llama")),
                GgufKey("tokenizer.chat_template", 8, GgufText("{{ messages[0]['content'] }}")),
                GgufKey(
                    "tokens",
                    9,
                    [.. BitConverter.GetBytes(8u), .. BitConverter.GetBytes(2UL), .. GgufText("a"), .. GgufText("bb")]
                ),
            ],
            [GgufTensor("a", [4, 2]), GgufTensor("b", [32], type: 8, offset: 32)],
            96
        );
        using var model = new ModelFolder().With("model.gguf", file);
        var report = model.Run("gguf");
        report.Messages().Should().BeEmpty();
        report.Findings().Should().ContainSingle().Which.Place.Should().Be("tokenizer.chat_template");
    }

    public static TheoryData<string, byte[]> Broken() =>
        new()
        {
            { "GGUF", [.. "FUGG"u8, .. new byte[20]] },
            { "version 4", Gguf([], [], 0, version: 4) },
            { "big-endian", Gguf([], [], 0, version: 0x03000000) },
            { "key-values", Gguf([], [], 0, keyCount: 1UL << 63) },
            { "tensors", Gguf([], [], 0, tensorCount: ulong.MaxValue) },
            { "empty key", Gguf([GgufKey("", 4, new byte[4])], [], 0) },
            { "duplicate", Gguf([GgufKey("a", 4, new byte[4]), GgufKey("a", 4, new byte[4])], [], 0) },
            { "unknown value type", Gguf([GgufKey("a", 13, new byte[4])], [], 0) },
            { "bytes that follow", Gguf([GgufKey("a", 8, BitConverter.GetBytes(ulong.MaxValue - 7))], [], 0) },
            {
                "does not fit",
                Gguf([GgufKey("a", 9, [.. BitConverter.GetBytes(10u), .. BitConverter.GetBytes(1UL << 61)])], [], 0)
            },
            {
                "deep",
                Gguf(
                    [
                        GgufKey(
                            "a",
                            9,
                            [
                                .. Enumerable
                                    .Repeat((byte[])[9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], 5000)
                                    .SelectMany(level => level),
                            ]
                        ),
                    ],
                    [],
                    0
                )
            },
            { "neither 0 nor 1", Gguf([GgufKey("a", 7, [2])], [], 0) },
            {
                "neither 0 nor 1",
                Gguf([GgufKey("a", 9, [.. BitConverter.GetBytes(7u), .. BitConverter.GetBytes(2UL), 1, 3])], [], 0)
            },
            { "not a string", Gguf([GgufKey("general.architecture", 4, new byte[4])], [], 0) },
            { "power of two", Gguf([GgufKey("general.alignment", 4, BitConverter.GetBytes(12u))], [], 0) },
            { "power of two", Gguf([GgufKey("general.alignment", 4, BitConverter.GetBytes(0u))], [], 0) },
            { "5 dimensions", Gguf([], [GgufTensor("a", [1, 1, 1, 1, 1])], 64) },
            { "negative", Gguf([], [GgufTensor("a", [ulong.MaxValue])], 64) },
            { "too large", Gguf([], [GgufTensor("a", [1UL << 40, 1UL << 40])], 64) },
            { "does not exist", Gguf([], [GgufTensor("a", [4], type: uint.MaxValue)], 64) },
            { "block size 32", Gguf([], [GgufTensor("a", [4], type: 8)], 64) },
            { "not aligned", Gguf([], [GgufTensor("a", [4], offset: 4)], 64) },
            { "after the end", Gguf([], [GgufTensor("a", [4], offset: 1UL << 63)], 64) },
            { "after the end", Gguf([], [GgufTensor("a", [100])], 64) },
            { "overlap", Gguf([], [GgufTensor("a", [16]), GgufTensor("b", [4], offset: 32)], 96) },
            { "duplicate", Gguf([], [GgufTensor("a", [4]), GgufTensor("a", [4], offset: 32)], 64) },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_file_that_breaks_a_rule_is_refused(string because, byte[] file)
    {
        using var model = new ModelFolder().With("model.gguf", file);
        model.Run("gguf").Messages().Should().ContainSingle().Which.Should().Contain(because);
    }

    [Fact]
    public void A_tensor_of_a_type_newer_than_this_program_is_reported()
    {
        using var model = new ModelFolder().With("model.gguf", Gguf([], [GgufTensor("a", [4], type: 50)], 64));
        var report = model.Run("gguf");
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Messages().Should().ContainSingle().Which.Should().Contain("50");
    }

    [Fact]
    public void Bytes_behind_the_last_tensor_are_reported()
    {
        using var model = new ModelFolder().With("model.gguf", Gguf([], [GgufTensor("a", [4])], 100));
        model.Run("gguf").Messages().Should().ContainSingle().Which.Should().Contain("68 bytes after");
    }
}
