using System.Text;
using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class SafetensorsTests
{
    [Theory]
    [InlineData(TwoTensors, 24)]
    [InlineData(TwoTensors + "   ", 24)]
    [InlineData("{}", 0)]
    [InlineData("""{"__metadata__":{"format":"pt"},"a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}""", 1)]
    [InlineData("""{"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}}""", 3)]
    [InlineData("""{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}""", 3)]
    [InlineData("""{"a":{"dtype":"F8_E4M3FNUZ","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8)]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]},"""
            + """ "b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""",
        1
    )]
    public void An_honest_file_is_accepted(string header, int data)
    {
        using var model = new ModelFolder().With("model.safetensors", Safetensors(header, data));
        model.Run("safetensors").Messages().Should().BeEmpty();
    }

    [Theory]
    [InlineData(" {}", 0, "begin with")]
    [InlineData("[]", 0, "begin with")]
    [InlineData("{} x", 0, "JSON")]
    [InlineData("{/**/}", 0, "JSON")]
    [InlineData("{", 0, "JSON")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"""
            + """ "\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""",
        1,
        "duplicate"
    )]
    [InlineData("""{"a":{"dtype":"U8","dtyp\u0065":"I8","shape":[1],"data_offsets":[0,1]}}""", 1, "duplicate")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not a string")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "duplicate")]
    [InlineData("""{"__metadata__":[]}""", 0, "not an object")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "64 bits")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "require")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2, "whole byte")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "after the last")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "after the end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "gap")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""",
        3,
        "overlaps"
    )]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "64-bit integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1, "64-bit integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":["0",1]}}""", 1, "64-bit integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "before they begin")]
    [InlineData("""{"a":{"dtype":"U7","shape":[1],"data_offsets":[0,1]}}""", 1, "unknown dtype")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "missing")]
    public void A_header_that_breaks_a_rule_is_refused(string header, int data, string because)
    {
        using var model = new ModelFolder().With("model.safetensors", Safetensors(header, data));
        var report = model.Run("safetensors");
        report.Verdict.Should().Be(Verdict.Refused);
        report.Messages().Should().ContainSingle().Which.Should().Contain(because);
    }

    [Fact]
    public void A_header_over_the_formats_limit_or_past_the_files_end_is_refused()
    {
        using var model = new ModelFolder()
            .With("over.safetensors", [.. BitConverter.GetBytes(100_000_001L), (byte)'{', .. new byte[100]])
            .With("past.safetensors", [.. BitConverter.GetBytes(1000L), (byte)'{'])
            .With("short.safetensors", [1, 2, 3]);
        model.Run("safetensors").Messages().Should().HaveCount(3);
    }

    [Fact]
    public void A_name_that_is_no_utf8_is_refused()
    {
        var header = Encoding.Latin1.GetBytes("{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}");
        using var model = new ModelFolder().With("model.safetensors", Safetensors(header, 1));
        model.Run("safetensors").Messages().Should().ContainSingle().Which.Should().Contain("UTF-8");
    }

    [Theory]
    [InlineData("""{"metadata":{"total_size":24},"weight_map":{"a":"s.safetensors","b":"s.safetensors"}}""", null)]
    [InlineData("""{"metadata":{"total_size":24.0},"weight_map":{"a":"s.safetensors","b":"s.safetensors"}}""", null)]
    [InlineData("""{"metadata":{"total_size":25},"weight_map":{"a":"s.safetensors","b":"s.safetensors"}}""", "bytes")]
    [InlineData("""{"weight_map":{"a":"s.safetensors"}}""", "not in the index")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","b":"s.safetensors","c":"s.safetensors"}}""", "is missing from")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","b":"gone.safetensors"}}""", "shard is missing")]
    [InlineData("""{"weight_map":{"a":"../s.safetensors"}}""", "outside")]
    [InlineData("""{"weight_map":{"a":"README.md"}}""", "invalid safetensors file")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","a":"s.safetensors"}}""", "JSON")]
    [InlineData("""{"weight_map":[]}""", "no map")]
    public void An_index_says_truly_where_each_tensor_is(string index, string? because)
    {
        using var model = new ModelFolder()
            .With("s.safetensors", Safetensors())
            .With("README.md", "x")
            .With("model.safetensors.index.json", index);
        var messages = model.Run("safetensors").Messages();
        if (because is null)
            messages.Should().BeEmpty();
        else
            messages.Should().Contain(message => message.Contains(because));
    }
}
