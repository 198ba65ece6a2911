using System.Text;
using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class KerasTests
{
    private const string Dense =
        """{"module":"keras.layers","class_name":"Dense","config":{"units":4,"activation":"relu"},"""
        + "\"registered_name\":null}";

    private static string Sequential(string layer) =>
        """{"module":"keras","class_name":"Sequential","config":{"layers":[""" + layer + "]}}";

    [Theory]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("1e5")]
    public void Numbers_that_only_python_reads_hide_no_layer(string number)
    {
        var config = """{"class_name":"Model","x":""" + number + ""","config":[{"class_name":"Lambda"}]}""";
        using var json = new ModelFolder().With("architecture.json", config);
        using var hdf5 = new ModelFolder().With(
            "model.h5",
            [0x89, .. "HDF\r\n\x1A\n"u8, .. new byte[100], .. Encoding.UTF8.GetBytes("{\"{" + config), .. new byte[9]]
        );
        using var archive = new ModelFolder().With("model.keras", Keras(config));
        foreach (var model in (ModelFolder[])[json, hdf5, archive])
            model.Run("keras").Messages().Should().Contain("Lambda layer");
    }

    [Fact]
    public void A_layer_is_found_inside_of_json_that_never_ends()
    {
        using var model = new ModelFolder().With("model.json", """{"a":[{"b":{"class_name":"Lambda"}},{"c":""");
        model.Run("keras").Messages().Should().Contain("Lambda layer");
    }

    [Fact]
    public void An_honest_archive_is_accepted()
    {
        using var model = new ModelFolder().With("model.keras", Keras(Sequential(Dense)));
        model.Run("keras").Messages().Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"module":"keras.layers","class_name":"Lambda","config":{}}""", "Lambda")]
    [InlineData("""{"module":"keras.layers","cl\u0061ss_name":"\u004cambda","config":{}}""", "Lambda")]
    [InlineData(
        """{"class_name":"Wrapper","config":{"x":[{"y":{"class_name":"__lambda__","config":{}}}]}}""",
        "__lambda__"
    )]
    [InlineData("""{"class_name":"X","registered_name":"keras>Lambda"}""", "Lambda")]
    [InlineData("""{"module":"os","class_name":"function","config":"system"}""", "os.system")]
    [InlineData("""{"module":"my.code","class_name":"function","config":"f"}""", "my.code.f")]
    [InlineData("""{"module":"builtins","class_name":"function","config":"eval"}""", "builtins.eval")]
    [InlineData("""{"module":"subprocess","class_name":"Popen","config":{}}""", "subprocess.Popen")]
    [InlineData(
        """{"module":"keras.config","class_name":"function","config":"enable_unsafe_deserialization"}""",
        "enable_unsafe"
    )]
    [InlineData("""{"module":"keras.utils","class_name":"function","config":"get_file"}""", "get_file")]
    [InlineData("""{"module":"gASV","class_name":"TorchModuleWrapper","config":{}}""", "pickle")]
    [InlineData(
        """{"module":"keras.layers","class_name":"StringLookup","config":{"vocabulary":"/etc/passwd"}}""",
        "/etc/passwd"
    )]
    public void What_runs_code_while_loading_is_refused_in_every_container(string layer, string named)
    {
        var config = Sequential(layer);
        using var model = new ModelFolder()
            .With("model.keras", Keras(config))
            .With(
                "model.h5",
                [
                    0x89,
                    .. "HDF\r\n\x1a\n"u8,
                    .. new byte[64],
                    (byte)'{',
                    .. new byte[100_000],
                    .. Encoding.UTF8.GetBytes(config),
                    .. new byte[10],
                ]
            );
        var report = model.Run("keras");
        report.Verdict.Should().Be(Verdict.Refused);
        foreach (var file in (string[])["model.keras", "model.h5"])
        {
            report
                .Findings()
                .Should()
                .Contain(finding =>
                    finding.File == file && finding.Severity >= Severity.Suspicious && finding.Message.Contains(named)
                );
        }
    }

    [Theory]
    [InlineData(
        """{"module":"keras.layers","class_name":"TFSMLayer","config":{"filepath":"saved_model"}}""",
        "TFSMLayer"
    )]
    [InlineData(
        """{"module":"my_layers","class_name":"Mine","config":{},"registered_name":"Custom>Mine"}""",
        "my_layers.Mine"
    )]
    [InlineData(
        """{"module":"builtins","class_name":"function","config":"my_activation","registered_name":"function"}""",
        "my_activation"
    )]
    public void What_needs_code_of_the_users_own_is_reported(string layer, string named)
    {
        using var model = new ModelFolder().With("model.keras", Keras(Sequential(layer)));
        var report = model.Run("keras");
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Messages().Should().Contain(message => message.Contains(named));
    }

    [Fact]
    public void An_archive_that_is_none_or_has_bytes_before_it_is_refused()
    {
        using var model = new ModelFolder()
            .With("a.keras", "no zip")
            .With("b.keras", [.. "#!/bin/sh\n"u8, .. Keras(Sequential(Dense))])
            .With("c.keras", Keras("""{"a":1,"a":2}"""));
        model
            .Run("keras")
            .Findings()
            .Where(finding => finding.Severity == Severity.Suspicious)
            .Select(finding => finding.File)
            .Distinct()
            .Should()
            .BeEquivalentTo("a.keras", "b.keras", "c.keras");
    }

    [Fact]
    public void A_saved_model_that_touches_files_is_reported()
    {
        byte[] Node(string operation) => [.. Field(1, "n"), .. Field(2, operation)];
        var graph = Field(
            2,
            Field(2, [.. Field(1, Node("MatMul")), .. Field(2, Field(1, Field(3, Node("EagerPyFunc"))))])
        );
        using var model = new ModelFolder()
            .With("saved_model.pb", [.. Field(1, 1), .. graph])
            .With("frozen.pb", Field(1, Node("WriteFile")))
            .With("other.pb", "nothing");
        var report = model.Run("keras");
        report.Messages().Should().HaveCount(2);
        report.Json().Should().Contain("EagerPyFunc").And.Contain("WriteFile");
    }

    [Fact]
    public void Attributes_in_a_compressed_heap_are_refused()
    {
        using var model = new ModelFolder().With(
            "model.h5",
            [0x89, .. "HDF\r\n\x1a\n"u8, .. new byte[64], .. "FRHP\0"u8, 8, 0, 12, 0, .. new byte[100]]
        );
        model.Run("keras").Messages().Should().ContainSingle().Which.Should().Contain("heap");
    }
}
