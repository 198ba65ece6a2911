using CsCheck;
using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

/// <summary>Hostile bytes of any kind end in a report: no crash, no hang, no unbounded memory.</summary>
public class MutationTests
{
    private static readonly (string Name, byte[] Content)[] Seeds =
    [
        ("model.safetensors", Safetensors()),
        (
            "model.gguf",
            Gguf(
                [
                    GgufKey("a", 8, GgufText("llama")),
                    GgufKey("b", 9, [.. BitConverter.GetBytes(8u), .. BitConverter.GetBytes(1UL), .. GgufText("x")]),
                ],
                [GgufTensor("a", [4, 2])],
                32
            )
        ),
        (
            "model.onnx",
            Onnx([
                .. Field(5, ExternalTensor(("location", "w.bin"))),
                .. Field(1, [.. Field(4, "Add"), .. Field(5, Field(5, ExternalTensor(("location", "x"))))]),
            ])
        ),
        (
            "model.keras",
            Keras("""{"module":"keras","class_name":"Sequential","config":{"layers":[{"class_name":"Lambda"}]}}""")
        ),
        (
            "model.h5",
            [
                0x89,
                .. "HDF\r\n\x1a\n"u8,
                .. new byte[64],
                .. "FRHP\0\x8\0\0\0"u8,
                .. """{"class_name":"Dense","config":{"a":[1,2,{"b":"\u0041"}]}}"""u8,
            ]
        ),
        ("saved_model.pb", Field(2, Field(2, [.. Field(1, [.. Field(2, "PyFunc")])]))),
        (
            "config.json",
            """
            {"auto_map":{"a":"b"},"chat_template":"{{ x['a' ~ 'b'] }}{% for %}","x":[NaN,-Infinity,"\ud83d\ude00"]}
            """u8.ToArray()
        ),
        (
            "model.safetensors.index.json",
            """{"metadata":{"total_size":1},"weight_map":{"a":"b.safetensors"}}"""u8.ToArray()
        ),
        ("model_index.json", """{"_class_name":["a","b"],"x":["y","z"]}"""u8.ToArray()),
        ("modules.json", """[{"type":"x.Y"}]"""u8.ToArray()),
        ("README.md", "---\nlicense:\n  - mit\n---\n"u8.ToArray()),
        ("t.jinja", "{{ ''['\\x5f' ~ x|join] }}{# #}{% import 'a' %}"u8.ToArray()),
        ("a.yaml", "a: !!python/x\n_target_: y\n"u8.ToArray()),
        ("main.bin", [.. "MZ"u8, .. new byte[100]]),
    ];

    private static readonly Gen<(int Seed, (int At, byte Value, int Kind)[] Edits)> Mutation = Gen.Select(
        Gen.Int[0, Seeds.Length - 1],
        Gen.Select(Gen.Int[0, 4000], Gen.Byte, Gen.Int[0, 4]).Array[1, 8]
    );

    [Fact]
    public void Any_change_of_any_file_ends_in_a_report() =>
        Mutation.Sample(
            mutation =>
            {
                var (name, content) = Seeds[mutation.Seed];
                var bytes = content.ToList();
                foreach (var (at, value, kind) in mutation.Edits)
                    Edit(bytes, at, value, kind);
                using var model = new ModelFolder().With(name, [.. bytes]);
                var report = ValidationRun.Execute(model.Path, Presets.All["strict"]);
                report
                    .Findings()
                    .Should()
                    .NotContain(
                        finding => finding.Message.Contains("unexpected error"),
                        Convert.ToHexString([.. bytes])
                    );
                report.Json().Should().NotBeEmpty();
            },
            iter: 3000,
            threads: 2
        );

    private static void Edit(List<byte> bytes, int at, byte value, int kind)
    {
        at = bytes.Count == 0 ? 0 : at % bytes.Count;
        if (bytes.Count == 0 || kind == 0)
            bytes.Insert(at, value);
        else if (kind == 1)
            bytes[at] = value;
        else if (kind == 2)
            bytes.RemoveRange(at, Math.Min(value, bytes.Count - at));
        else if (kind == 3)
            bytes[at] ^= (byte)(1 << (value % 8));
        else
            bytes.InsertRange(at, bytes.GetRange(0, Math.Min(value, bytes.Count)));
    }
}
