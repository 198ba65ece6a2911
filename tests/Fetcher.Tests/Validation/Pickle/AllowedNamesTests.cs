using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation.Pickle;

public sealed class AllowedNamesTests
{
    private const string Module = "mygraphs.data.data";

    // As torch_geometric's Data: an instance without its initialiser, then a dictionary that names two more classes.
    private static readonly byte[] Graph = Instance(Module, "Data")
        .Op("}(")
        .Text("_edge_attr_cls")
        .Global(Module, "DataEdgeAttr")
        .Text("_store")
        .Global("mygraphs.data.storage", "GlobalStorage")
        .Op(")\x81}")
        .Text("x")
        .Op("Nsb")
        .Op("ub")
        .Stop();

    [Fact]
    public void A_refusal_prints_the_option_with_exactly_the_names_that_stand_in_the_way()
    {
        using var model = new ModelFolder().With("graph.pt", Graph);
        var refuse = () => Scan(model).ThrowIfRefused();
        refuse
            .Should()
            .Throw<Failure>()
            .Which.Next.Should()
            .Contain(
                "validators.pickleScan // { allow = [ \"mygraphs.data.data.Data\" "
                    + "\"mygraphs.data.data.DataEdgeAttr\" \"mygraphs.data.storage.GlobalStorage\" ]; }"
            );
    }

    [Theory]
    [InlineData("mygraphs.data.data.Data", "mygraphs.data.data.DataEdgeAttr", "mygraphs.data.storage.GlobalStorage")]
    [InlineData("mygraphs.data.*")]
    public void A_pickle_of_allowed_classes_is_accepted_and_the_report_lists_them(params string[] allow)
    {
        using var model = new ModelFolder().With("graph.pt", Graph);
        var report = Scan(model, allow);
        report.Verdict.Should().Be(Verdict.Accepted);
        report
            .Findings()
            .Select(finding => finding.Message)
            .Should()
            .Contain("needs mygraphs.data.data.Data, which the option allow names");
        report.Json().Should().Contain("\"allow\": [").And.Contain(allow[0]);
    }

    [Fact]
    public void What_stands_in_the_way_beside_a_name_is_not_offered()
    {
        using var model = new ModelFolder().With("a.pkl", Instance("mine", "Net").Op("0").Payload().Stop());
        var refuse = () => Scan(model).ThrowIfRefused();
        refuse.Should().Throw<Failure>().Which.Next.Should().NotContain("allow =");
    }

    public static TheoryData<string, byte[]> Held =>
        new()
        {
            { "a program", Instance("mine.net", "Net").Op("}").Text("f").Global("os", "system").Op("sb").Stop() },
            {
                "a class of a library",
                Instance("mine.net", "Net").Op("}").Text("f").Global("numpy", "memmap").Op("sb").Stop()
            },
            {
                "a class in a list in its state",
                Instance("mine.net", "Net").Op("}").Text("f").Global("argparse", "Namespace").Op("\x85sb").Stop()
            },
            {
                "a method that Python calls",
                Instance("mine.net", "Net").Op("}").Text("__setstate__").Global("mine.net", "Net").Op("sb").Stop()
            },
            {
                "a method that an opcode calls",
                Instance("mine.net", "Net").Op("}").Text("append").Global("mine.net", "Net").Op("sb").Stop()
            },
            { "a state made by a call", Instance("mine.net", "Net").Op("ccollections\nOrderedDict\n)Rb").Stop() },
            {
                "an argument that can be called",
                new PickleAssembler(2).Global("mine.net", "Net").Global("argparse", "Namespace").Op("\x85R").Stop()
            },
            {
                "an item that can be called",
                Instance("mine.net", "Net").Global("argparse", "Namespace").Op("a").Stop()
            },
            { "its result is called", new PickleAssembler(2).Global("mine.net", "Net").Op(")R)R").Stop() },
            { "a name that another name reaches", new PickleAssembler(2).Global("mine.net", "Net.os.system").Stop() },
            { "another name of its module", new PickleAssembler(2).Global("mine.net", "run").Stop() },
            { "another module", new PickleAssembler(2).Global("mine", "Net").Stop() },
            { "the class itself is changed", new PickleAssembler(2).Global("mine.net", "Net").Op("}b").Stop() },
        };

    [Theory]
    [MemberData(nameof(Held))]
    public void An_allowed_class_gets_data_and_nothing_that_can_be_called(string what, byte[] pickle)
    {
        using var model = new ModelFolder().With("a.pkl", pickle);
        Scan(model, "mine.net.Net").Verdict.Should().Be(Verdict.Refused, what);
    }

    [Theory]
    [InlineData("mine.net", "run")]
    [InlineData("mine.net.__main__", "Net")]
    [InlineData("mine.net", "_private")]
    [InlineData("mine.nets", "Net")]
    public void A_module_is_allowed_by_its_classes(string module, string name)
    {
        using var model = new ModelFolder().With("a.pkl", new PickleAssembler(2).Global(module, name).Stop());
        Scan(model, "mine.net.*").Verdict.Should().Be(Verdict.Refused);
    }

    [Fact]
    public void A_class_that_is_allowed_with_its_module_is_made_but_not_called()
    {
        var call = new PickleAssembler(2).Global("mine.net", "Net").Text("x").Op("\x85R").Stop();
        using var model = new ModelFolder().With("a.pkl", call);
        Scan(model, "mine.net.*").Verdict.Should().Be(Verdict.Refused);
        Scan(model, "mine.net.Net").Verdict.Should().Be(Verdict.Accepted);
    }

    [Theory]
    [InlineData("os.system", "runs programs")]
    [InlineData("os.*", "runs programs")]
    [InlineData("builtins.getattr", "reaches any attribute")]
    [InlineData("__builtin__.*", "module.Class")]
    [InlineData("subprocess.Popen", "runs programs")]
    [InlineData("mine.net.eval", "runs Python code")]
    [InlineData("torch.*", "has torch.")]
    [InlineData("torch.hub.load", "loads and runs code")]
    [InlineData("__main__.*", "loading program")]
    [InlineData("mine.__main__.Net", "module.Class")]
    [InlineData("mine.net.Net.__class__", "module.Class")]
    [InlineData("*", "module.Class")]
    [InlineData("Net", "module.Class")]
    [InlineData("mine net.Net", "module.Class")]
    public void A_dangerous_name_cannot_be_allowed(string name, string reason)
    {
        using var model = new ModelFolder().With("a", "a");
        var run = () => Scan(model, name);
        var failure = run.Should().Throw<Failure>().Which;
        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().Contain(name).And.Contain(reason);
        Nix(name).Should().Contain(reason);
    }

    [Theory]
    [InlineData("torch_geometric.data.*")]
    [InlineData("TTS.tts.configs.xtts_config.XttsConfig")]
    [InlineData("__main__.Net")]
    public void Nix_and_the_executable_take_the_same_names(string name)
    {
        using var model = new ModelFolder().With("a", "a");
        Scan(model, name).Verdict.Should().Be(Verdict.Accepted);
        Nix(name).Should().Contain(name).And.NotContain("error:");
    }

    private static string Nix(string name) =>
        PresetTests.Plan($"[ (validators.pickleScan // {{ allow = [ \"{name}\" ]; }}) ]");

    private static PickleAssembler Instance(string module, string name) =>
        new PickleAssembler(2).Global(module, name).Op(")\x81");

    private static Report Scan(ModelFolder model, params string[] allow) =>
        model.Run(new ValidatorSpec { Name = "pickleScan", Allow = allow });
}
