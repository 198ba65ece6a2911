using System.Text;
using NixAiModels.Tests.Validation.Pickle;
using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class ChecksTests
{
    private static readonly byte[] Elf = [0x7F, .. "ELF"u8, .. new byte[60]];

    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\n"
        + "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    [Fact]
    public void Programs_and_pointers_in_place_of_weights_are_refused()
    {
        byte[][] programs =
        [
            Elf,
            [.. "MZ"u8, 0x90, 0, .. new byte[60]],
            [0xCF, 0xFA, 0xED, 0xFE, .. new byte[20]],
            Encoding.UTF8.GetBytes("#!/bin/sh\nid\n"),
            [.. "\0asm"u8, 1, 0, 0, 0],
        ];
        foreach (var program in programs)
        {
            using var model = new ModelFolder().With("pytorch_model.bin", program);
            model.Run("disguise").Verdict.Should().Be(Verdict.Refused);
        }

        using var pointer = new ModelFolder()
            .With("model.safetensors", Pointer)
            .With("notes.txt", "version https://git-lfs.github.com/spec/v1\n");
        pointer.Run("disguise").Findings().Should().ContainSingle().Which.File.Should().Be("model.safetensors");
    }

    [Fact]
    public void Programs_under_their_own_names_are_reported_and_refused_by_strict()
    {
        using var model = new ModelFolder()
            .With("main.llamafile", Elf)
            .With("lib.so.1", Elf)
            .With("run.sh", "#!/bin/sh\n")
            .With("a.PY", "x = 1\n");
        model.Validate("standard").Verdict.Should().Be(Verdict.Accepted);
        model.Run("optInCode").Messages().Should().HaveCount(4);
        model.Run("noExecutables").Messages().Should().HaveCount(3);
        model.Run("noPythonCode").Messages().Should().ContainSingle();
    }

    [Fact]
    public void Raw_weights_are_nothing_to_talk_of()
    {
        using var model = new ModelFolder()
            .With("a.bin", [.. "MZ"u8, 0xFF, 0xFF, .. Enumerable.Range(0, 200).Select(i => (byte)(i * 37))])
            .With("b.bin", new byte[100]);
        model.Run("disguise").Messages().Should().BeEmpty();
    }

    [Fact]
    public void Links_out_of_the_model_are_refused_and_links_inside_only_by_strict()
    {
        using var model = new ModelFolder().With("a.txt", "a").WithLink("b.txt", "a.txt");
        model.Run("integrity").Verdict.Should().Be(Verdict.Accepted);
        model.Run("noSymlinks").Verdict.Should().Be(Verdict.Refused);
        foreach (var target in (string[])["../x", "/etc/passwd", "gone", "c.txt"])
        {
            using var bad = new ModelFolder().With("a.txt", "a").WithLink("c.txt", target);
            bad.Run("integrity").Verdict.Should().Be(Verdict.Refused);
        }
    }

    [Fact]
    public void A_pipe_in_the_folder_is_refused_and_not_waited_for()
    {
        using var model = new ModelFolder().With("a.txt", "a");
        using var process = System.Diagnostics.Process.Start("mkfifo", Path.Combine(model.Path, "model.safetensors"));
        process.WaitForExit();
        model.Validate().Messages().Should().ContainSingle().Which.Should().Contain("pipe");
    }

    [Theory]
    [InlineData("config.json", """{"auto_map":{"AutoModel":"other/repo--modeling.X"}}""", "other/repo--modeling.X")]
    [InlineData("config.json", """{"text_config":{"\u0061uto_map":{"AutoModel":"m.X"}},"x":NaN}""", "m.X")]
    [InlineData("tokenizer_config.json", """{"auto_map":["a.T",null]}""", "a.T")]
    [InlineData("config.json", """{"trust_remote_code":true}""", "trust_remote_code")]
    [InlineData("config.json", """{"a":1,}{"auto_map":{}}""", "auto_map")]
    [InlineData("config.json", """{"custom_pipelines":{"p":{"impl":"x.Y"}}}""", "x.Y")]
    [InlineData("model_index.json", """{"_class_name":["pipeline","P"]}""", "pipeline")]
    [InlineData("model_index.json", """{"_class_name":"StableDiffusionPipeline","unet":["os","system"]}""", "os")]
    [InlineData("modules.json", """[{"type":"custom_st.Transformer"}]""", "custom_st")]
    [InlineData("adapter_config.json", """{"auto_mapping":{"parent_library":"evil"}}""", "evil")]
    [InlineData("config.json", """{"x":{"_target_":"os.system"}}""", "os.system")]
    [InlineData("config.json", """{"x":{"t\u0061rget":"os.system"}}""", "os.system")]
    [InlineData("model.yaml", "a:\n  _target_: os.system\n", "os.system")]
    [InlineData("model.yaml", "a:\n  \"_t\\x61rget_\": os.system\n", "os.system")]
    [InlineData("model.yaml", "a: {target: os.system}\n", "os.system")]
    [InlineData("model.yaml", "class_path:\n  os.system\n", "class_path")]
    [InlineData("c.yaml", "%TAG !p! tag:yaml.org,2002:py\n---\na: !p!thon/object/apply:os.system [id]\n", "%TAG")]
    [InlineData("c.yaml", "a: !<tag:yaml.org,2002:pyth%6fn/object/apply:os.system> [id]\n", "os.system")]
    [InlineData("c.yaml", "a: !!pyth%6Fn/object/apply:os.system [id]\n", "os.system")]
    [InlineData("hyperparams.yaml", "a: !apply:os.system [id]\n", "os.system")]
    [InlineData("model.yaml", "class_name: Sequential\nconfig:\n- class_name: Lambda\n", "Lambda")]
    [InlineData("hparams.yaml", "a: !!python/object/apply:os.system [id]\n", "os.system")]
    [InlineData("chat_template.json", """{"chat_template":"{{ ''.__class__ }}"}""", "__class__")]
    [InlineData(
        "tokenizer_config.json",
        """{"chat_template":[{"name":"default","template":"{{ ''.__class__ }}"}]}""",
        "__class__"
    )]
    [InlineData("a.jinja", "{{ ''.__class__ }}", "__class__")]
    public void Code_that_runs_only_when_the_user_opts_in_is_reported(string name, string content, string named)
    {
        using var model = new ModelFolder().With(name, content);
        var report = model.Run("optInCode");
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Messages().Should().Contain(message => message.Contains(named));
        model
            .Run(new ValidatorSpec { Name = "optInCode", Refuse = Severity.Report })
            .Verdict.Should()
            .Be(Verdict.Refused);
    }

    [Theory]
    [InlineData("1_Dense/config.json", """{"in_features":8,"activation_function":"evil.Boom"}""", "evil.Boom")]
    [InlineData("config.json", """{"sbert_ce_default_activation_function":"os.system"}""", "os.system")]
    [InlineData("config.json", """{"x":{"activ\u0061tion_fn":"torch.hub.load"}}""", "torch.hub")]
    [InlineData("config.json", """{"attn_implementation":"org/kernel"}""", "org/kernel")]
    [InlineData("config.json", """{"_attn_implementation":{"text":"paged|org/kernel@v1"}}""", "org/kernel")]
    [InlineData("router_config.json", """{"types":{"q":"evil.mod.Module"}}""", "evil.mod")]
    public void Code_that_a_configuration_imports_without_asking_is_refused(string name, string content, string named)
    {
        using var model = new ModelFolder().With(name, content);
        model.Validate().Verdict.Should().Be(Verdict.Refused);
        model.Run("optInCode").Messages().Should().ContainSingle().Which.Should().Contain(named);
    }

    [Theory]
    [InlineData("config.json", """{"auto_map":null,"trust_remote_code":false,"architectures":["BertModel"]}""")]
    [InlineData("tokenizer.json", """{"model":{"vocab":{"auto_map":17,"chat_template":3,"trust_remote_code":4}}}""")]
    [InlineData(
        "model_index.json",
        """{"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"],"""
            + """ "safety_checker":["stable_diffusion","X"],"x":[null,null]}"""
    )]
    [InlineData("modules.json", """[{"type":"sentence_transformers.models.Transformer"}]""")]
    [InlineData("1_Dense/config.json", """{"activation_function":"torch.nn.modules.activation.Tanh"}""")]
    [InlineData("config.json", """{"activation_function":"gelu_new","attn_implementation":"flash_attention_2"}""")]
    [InlineData("router_config.json", """{"types":{"query_0":"sentence_transformers.models.Transformer"}}""")]
    [InlineData("config.json", """{"target":"all","x":{"target":"en"}}""")]
    public void What_asks_for_no_code_is_not(string name, string content)
    {
        using var model = new ModelFolder().With(name, content);
        model.Run("optInCode").Messages().Should().BeEmpty();
    }

    [Fact]
    public void Yaml_is_read_in_the_encodings_of_its_readers_and_at_any_length()
    {
        const string text = "a: !!python/object/apply:os.system [id]\n";
        var filler = string.Concat(Enumerable.Repeat("- an honest line of a long list\n", 600_000));
        foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8])
        {
            using var model = new ModelFolder().With("c.yaml", [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
            model.Run("optInCode").Messages().Should().ContainSingle();
        }

        using var honest = new ModelFolder().With("long.yaml", filler);
        honest.Validate().Messages().Should().BeEmpty();
        using var hostile = new ModelFolder().With("long.yaml", filler + text);
        hostile.Run("optInCode").Findings().Should().ContainSingle().Which.Place.Should().Be("line 600001");
    }

    [Fact]
    public void Checks_with_data_do_what_they_say()
    {
        using var model = new ModelFolder()
            .With("README.md", "---\nlicense: apache-2.0 # yes\n---\n# x\n")
            .With("config.json", "{}")
            .With("model.safetensors", Safetensors());
        Verdict Of(ValidatorSpec spec) => model.Run(spec).Verdict;
        Of(new() { Name = "requiredFiles", Files = ["config.json", "*.safetensors"] }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "requiredFiles", Files = ["tokenizer.json"] }).Should().Be(Verdict.Refused);
        Of(new() { Name = "fileTypes", Types = ["text", "safetensors"] }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "fileTypes", Types = ["text"] }).Should().Be(Verdict.Refused);
        Of(new() { Name = "fileTypes", Types = ["text", "*.safetensors"] }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "maxSize", Size = "1K" }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "maxSize", Size = "0.1KiB" }).Should().Be(Verdict.Refused);
        Of(new() { Name = "license", Licenses = ["Apache-2.0"] }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "license", Licenses = ["mit"] }).Should().Be(Verdict.Refused);
        Of(new() { Name = "license", Licenses = [] }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "validConfigJson" }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "safetensorsOnly" }).Should().Be(Verdict.Accepted);
        Of(new() { Name = "noPickleFiles" }).Should().Be(Verdict.Accepted);
        model.With("pytorch_model.bin", [0x80, 2, (byte)'N', (byte)'.']).With("config.json", """{"a":1,"a":2}""");
        Of(new() { Name = "validConfigJson" }).Should().Be(Verdict.Refused);
        Of(new() { Name = "safetensorsOnly" }).Should().Be(Verdict.Refused);
        Of(new() { Name = "noPickleFiles" }).Should().Be(Verdict.Refused);
    }

    [Theory]
    [InlineData("part-[0-9].txt", Verdict.Accepted)]
    [InlineData("part-[!0-9].txt", Verdict.Refused)]
    [InlineData("sub/", Verdict.Accepted)]
    [InlineData("sub[1]/a.txt", Verdict.Accepted)]
    [InlineData("PART-1.txt", Verdict.Refused)]
    public void A_required_file_is_found_by_the_globs_that_a_selection_takes(string pattern, Verdict verdict)
    {
        using var model = new ModelFolder().With("part-1.txt", "1").With("sub/a.txt", "a").With("sub[1]/a.txt", "a");
        model.Run(new ValidatorSpec { Name = "requiredFiles", Files = [pattern] }).Verdict.Should().Be(verdict);
    }

    [Theory]
    [InlineData("part-[0-9].bin", Verdict.Accepted)]
    [InlineData("part-?.bin", Verdict.Accepted)]
    [InlineData("part-[!0-9].bin", Verdict.Refused)]
    public void A_file_type_is_allowed_by_the_globs_that_a_selection_takes(string pattern, Verdict verdict)
    {
        using var model = new ModelFolder().With("part-1.bin", "\0\u0001");
        model.Run(new ValidatorSpec { Name = "fileTypes", Types = [pattern] }).Verdict.Should().Be(verdict);
    }

    [Theory]
    [InlineData("README.md", "---\nlicense: mit\n---\n")]
    [InlineData("LICENSE", "MIT")]
    [InlineData("License-Model.rst", "MIT")]
    [InlineData("NOTICE", "x")]
    [InlineData(".gitattributes", "*.safetensors filter=lfs\n")]
    [InlineData("模型/emoji 😀.txt", "x")]
    [InlineData(".eval_results/a.yaml", "a: 1\n")]
    [InlineData("tokenizer.model", "\n\u000e\n\u0005<unk>\u0015\0\0\0\0\u0018\u0002")]
    [InlineData("assets/logo.png", "\u0089PNG\r\n\u001a\n\0\0")]
    [InlineData("assets/logo.svg", "<svg><path d='M0 0'/></svg>")]
    [InlineData("voice.wav", "RIFF\0\0\0\0WAVEfmt ")]
    public void Text_pictures_sound_and_vocabularies_are_allowed_by_strict(string name, string content)
    {
        using var model = new ModelFolder()
            .With("model.safetensors", Safetensors())
            .With(name, name[0] < 128 ? Encoding.Latin1.GetBytes(content) : Encoding.UTF8.GetBytes(content));
        model.Run("safetensorsOnly").Messages().Should().BeEmpty();
    }

    [Theory]
    [InlineData("weka.model", "\u00ac\u00ed\0\u0005sr")]
    [InlineData("tokenizer.model", "\n\u000e\n\u0005<unk>\u0015\0\0\0\0\u0018\u0002\u0000")]
    [InlineData("net.t7", "4\n1\n3\nV 1\n")]
    [InlineData("saved_model.pbtxt", "saved_model_schema_version: 1\n")]
    [InlineData("weights.unknown", "\u0001\u0002")]
    [InlineData("weights.unknown", "text")]
    [InlineData("hparams.cfg", "a: 1\n")]
    [InlineData("MLmodel", "flavors: {}\n")]
    [InlineData(".vscode/tasks.json", "{}")]
    [InlineData("x/.git/config.txt", "[core]")]
    [InlineData(".envrc", "x")]
    [InlineData("requirements-dev.txt", "x @ git+file:///x\n")]
    [InlineData("pyproject.toml", "[project]\n")]
    [InlineData("index.html", "<html>")]
    [InlineData("logo.svg", "<svg onload='x()'/>")]
    [InlineData("logo.png", "MZ\0\0")]
    [InlineData("model2.safetensors", "\u0001\u0002")]
    [InlineData("a.ipynb", "{}")]
    public void Everything_else_is_not(string name, string content)
    {
        using var model = new ModelFolder()
            .With("model.safetensors", Safetensors())
            .With(name, Encoding.Latin1.GetBytes(content));
        model.Run("safetensorsOnly").Findings().Should().ContainSingle().Which.File.Should().Be(name);
    }

    [Theory]
    [InlineData("weka.model", "\u00ac\u00ed\0\u0005sr")]
    [InlineData("net.t7", "4\n1\n3\nV 1\n")]
    [InlineData("saved_model.pbtxt", "saved_model_schema_version: 1\n")]
    [InlineData("m.rds", "X\n\0")]
    [InlineData("m.engine", "ftrt")]
    [InlineData("m.plan", "ftrt")]
    [InlineData("a.ipynb", "{}")]
    [InlineData("net.prototxt", "layer { type: 'Python' python_param { module: 'x' layer: 'Y' } }")]
    [InlineData("m.tflite", "\u001c\0\0\0TFL3\0\0FlexReadFile\0\0")]
    [InlineData("llamafile-0.8.4", "MZqFpD\0")]
    [InlineData("llama-server-v1.2", "\u007fELF\u0002")]
    public void Formats_that_can_run_code_are_named_in_standards_report(string name, string content)
    {
        using var model = new ModelFolder().With(name, Encoding.Latin1.GetBytes(content));
        var report = model.Validate();
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Findings().Should().Contain(found => found.File == name && found.Severity == Severity.Report);
    }

    [Theory]
    [InlineData("m.mar", "handler.py")]
    [InlineData("model.pt2", "data/aotinductor/model/c.so")]
    [InlineData("m.zip", "lib/libx.so.1")]
    public void Programs_in_archives_are_named_in_standards_report(string name, string member)
    {
        using var model = new ModelFolder().With(name, new ZipAssembler().Add(member, "x"u8.ToArray()).Bytes());
        var report = model.Validate();
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Messages().Should().Contain(message => message.Contains("in an archive"));
    }

    [Theory]
    [InlineData("a:\n  _target_: os.system\n", true)]
    [InlineData("a: !!python/object/apply:os.system [id]\n", true)]
    [InlineData("a: 1\n", false)]
    public void Configurations_in_archives_are_read(string yaml, bool isNamed)
    {
        var text = Encoding.UTF8.GetBytes(yaml);
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(
                new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "./model_config.yaml")
                {
                    DataStream = new MemoryStream(text),
                }
            );
        }

        foreach (
            var archive in (byte[][])[tar.ToArray(), new ZipAssembler().Add("conf/a.yml", text, deflate: true).Bytes()]
        )
        {
            using var model = new ModelFolder().With("m.nemo", archive);
            model.Run("optInCode").Messages().Any(message => message.Contains("os.system")).Should().Be(isNamed);
        }
    }

    [Theory]
    [InlineData("functools", "partial", true)]
    [InlineData("evil", "Boom", true)]
    [InlineData("builtins", "eval", true)]
    [InlineData("collections", "OrderedDict", false)]
    public void The_types_of_skops_are_named_unless_they_are_known(string module, string name, bool isNamed)
    {
        var schema = $$"""{"__class__":"{{name}}","__module__":"{{module}}","content":[{}]}""";
        using var model = new ModelFolder().With(
            "m.skops",
            new ZipAssembler().Add("schema.json", Encoding.UTF8.GetBytes(schema), deflate: true).Bytes()
        );
        model.Run("optInCode").Messages().Any(message => message.Contains($"{module}.{name}")).Should().Be(isNamed);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "\u0089PNG\r\n\u001a\n\0\0")]
    [InlineData("model.pt", "\u00ff\u00d8\u00ff\u00e0\0")]
    [InlineData("model.onnx", "%PDF-1.7\n")]
    [InlineData("model.gguf", "<!DOCTYPE html><html>")]
    [InlineData("model.ckpt", "RIFF\0\0\0\0WAVE")]
    public void Documents_in_place_of_weights_are_refused(string name, string content)
    {
        using var model = new ModelFolder().With(name, Encoding.Latin1.GetBytes(content));
        model.Run("disguise").Verdict.Should().Be(Verdict.Refused);
    }

    [Fact]
    public void No_pickle_files_goes_by_content_and_not_by_the_names_of_onnx()
    {
        using var onnx = new ModelFolder().With("model.onnx.data", new byte[64]).With("model.onnx_data", new byte[64]);
        onnx.Run("noPickleFiles").Verdict.Should().Be(Verdict.Accepted);
        foreach (var name in (string[])["model_best.pth.tar", "model", "weights.h"])
        {
            using var torch = new ModelFolder().With(name, ZipAssembler.Torch().Bytes());
            torch.Run("noPickleFiles").Verdict.Should().Be(Verdict.Refused);
        }

        using var texts = new ModelFolder().With("t.zip", new ZipAssembler().Add("a.txt", "x"u8.ToArray()).Bytes());
        texts.Run("noPickleFiles").Verdict.Should().Be(Verdict.Accepted);
    }

    [Fact]
    public void A_small_honest_model_passes_strict()
    {
        using var model = new ModelFolder()
            .With("README.md", "---\nlicense: mit\n---\n")
            .With("config.json", "{}")
            .With("model.safetensors", Safetensors())
            .With("tokenizer_config.json", """{"chat_template":"{{ messages }}"}""");
        model.Validate("strict").Messages().Should().BeEmpty();
        model.Validate("strict").Verdict.Should().Be(Verdict.Accepted);
    }
}
