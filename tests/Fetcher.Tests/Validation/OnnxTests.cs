using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class OnnxTests
{
    private static ModelFolder Folder(byte[] model) =>
        new ModelFolder().With("onnx/w.bin", new byte[64]).With("onnx/model.onnx", model);

    private static byte[] WithInitializer(params (string, string)[] entries) => Onnx(Field(5, ExternalTensor(entries)));

    [Theory]
    [InlineData("w.bin", null, null)]
    [InlineData("./x/../w.bin", "0", "64")]
    [InlineData("w.bin", "32", "32")]
    public void External_data_inside_the_folder_is_accepted(string location, string? offset, string? length)
    {
        using var model = Folder(
            WithInitializer([
                ("location", location),
                .. offset is null ? ((string, string)[])[] : [("offset", offset), ("length", length!)],
            ])
        );
        model.Run("onnx").Messages().Should().BeEmpty();
    }

    [Theory]
    [InlineData("../../etc/passwd", "outside")]
    [InlineData("/etc/passwd", "outside")]
    [InlineData("C:/x", "outside")]
    [InlineData("a/../../../x", "outside")]
    [InlineData("../w.bin", "above")]
    [InlineData("gone.bin", "is missing")]
    [InlineData("", "outside")]
    public void External_data_elsewhere_is_refused(string location, string because)
    {
        using var model = Folder(WithInitializer(("location", location)));
        var report = model.Run("onnx");
        report.Verdict.Should().Be(Verdict.Refused);
        report.Messages().Should().ContainSingle().Which.Should().Contain(because);
    }

    [Theory]
    [InlineData("offset", "1", "exceed")]
    [InlineData("length", "65", "exceed")]
    [InlineData("length", "-1", "invalid")]
    [InlineData("offset", "18446744073709551615", "invalid")]
    [InlineData("offset", " 1", "invalid")]
    [InlineData("location", "w.bin", "duplicate")]
    public void External_data_that_does_not_fit_its_file_is_refused(string key, string value, string because)
    {
        using var model = Folder(WithInitializer(("location", "w.bin"), (key, value)));
        model.Run("onnx").Messages().Should().Contain(message => message.Contains(because));
    }

    [Fact]
    public void A_location_through_a_link_out_of_the_model_is_refused()
    {
        using var model = Folder(WithInitializer(("location", "link"))).WithLink("onnx/link", "/etc/passwd");
        model.Validate().Verdict.Should().Be(Verdict.Refused);
    }

    [Fact]
    public void A_tensor_is_found_wherever_the_schema_allows_one()
    {
        var tensor = ExternalTensor(("location", "../../../etc/passwd"));
        byte[] Node(byte[] attribute) => [.. Field(4, "Constant"), .. Field(5, attribute)];
        byte[][] models =
        [
            Onnx(Field(1, Node(Field(5, tensor)))),
            Onnx(Field(1, Node(Field(10, tensor)))),
            Onnx(Field(1, Node(Field(6, Field(5, tensor))))),
            Onnx(Field(1, Node(Field(11, Field(1, Node(Field(6, Field(15, Field(2, tensor))))))))),
            Onnx(Field(1, Node(Field(22, Field(1, tensor))))),
            Onnx(Field(1, Node(Field(23, Field(2, tensor))))),
            Onnx(Field(15, Field(1, tensor))),
            Onnx([], Field(20, Field(1, Field(5, tensor)))),
            Onnx([], Field(20, Field(2, Field(1, Node(Field(5, tensor)))))),
            Onnx([], Field(25, [.. Field(1, "F"), .. Field(7, Node(Field(5, tensor)))])),
            Onnx([], Field(25, [.. Field(1, "F"), .. Field(11, Field(5, tensor))])),
        ];
        foreach (var bytes in models)
        {
            using var model = Folder(bytes);
            model.Run("onnx").Messages().Should().ContainSingle().Which.Should().Contain("outside");
        }
    }

    [Fact]
    public void Operators_beyond_the_standard_are_reported_and_local_functions_are_not()
    {
        byte[] Node(string domain, string type) => Field(1, [.. Field(4, type), .. Field(7, domain)]);
        using var model = Folder(
            Onnx(
                [.. Node("", "Add"), .. Node("com.microsoft", "Gelu"), .. Node("mine", "F")],
                Field(25, [.. Field(1, "F"), .. Field(10, "mine")])
            )
        );
        var report = model.Run("onnx");
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Messages().Should().ContainSingle().Which.Should().Contain("com.microsoft").And.Contain("Gelu");
    }

    public static TheoryData<string, byte[]> Broken() =>
        new()
        {
            { "no graph", [] },
            { "no graph", Field(1, 8) },
            { "several pieces", Onnx([], Field(7, [])) },
            { "wire type 3", [0x0B, 0x0C] },
            { "field number 0", [0x00, 0x01] },
            { "middle of a number", [0x08, 0x80] },
            { "64 bits", [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] },
            { "after its message", [0x3A, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00] },
            {
                "deep",
                Enumerable
                    .Range(0, 200)
                    .Aggregate(
                        Array.Empty<byte>(),
                        (inner, level) =>
                            Field(
                                level % 3 == 0 ? 7
                                    : level % 3 == 1 ? 1
                                    : 5,
                                inner
                            )
                    )
            },
            {
                "deep",
                Onnx(
                    Enumerable
                        .Range(0, 100)
                        .Aggregate(Array.Empty<byte>(), (inner, _) => Field(1, Field(5, Field(6, inner))))
                )
            },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_protocol_buffer_is_refused(string because, byte[] bytes)
    {
        using var model = new ModelFolder().With("model.onnx", bytes);
        var messages = model.Run("onnx").Messages();
        messages.Should().ContainSingle();
        if (because != "deep")
            messages.Single().Should().Contain(because);
    }
}
