using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

public sealed class HostilePickleTests
{
    public static TheoryData<string> Names => [.. HostilePickles.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_pickle_is_refused_under_a_pickles_name(string name) =>
        Worst("model.pkl", HostilePickles.All[name]).Should().BeOneOf(Severity.Suspicious, Severity.Dangerous);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_pickle_is_refused_under_a_weights_name(string name) =>
        Worst("pytorch_model.bin", HostilePickles.All[name]).Should().BeOneOf(Severity.Suspicious, Severity.Dangerous);

    [Fact]
    public void What_is_known_to_run_programs_is_called_so()
    {
        var finding = Scan("model.pkl", HostilePickles.All["os.system"]).Should().ContainSingle().Subject;
        finding.Severity.Should().Be(Severity.Dangerous);
        finding.Message.Should().Contain("os.system").And.Contain("runs programs");
        finding.Place.Should().Be("byte 14, STACK_GLOBAL");
    }

    [Theory]
    [InlineData("class Tokenizer:\n    pass\n")]
    [InlineData("cat\ndog\nRabbit\n.")]
    [InlineData("id,label\n0,cat\n1,dog\n")]
    [InlineData("import os\nos.system('x')\n")]
    [InlineData("(a note in brackets)\n")]
    [InlineData("]\n[PAD]\n")]
    [InlineData("GGUF\u0003\0\0\0")]
    public void A_text_is_no_pickle(string text) =>
        Scan("vocab.txt", System.Text.Encoding.UTF8.GetBytes(text)).Should().BeEmpty();

    [Fact]
    public void A_text_that_calls_is_a_pickle_whatever_its_name() =>
        Worst("vocab.txt", "cposix\nsystem\n(S'echo'\ntR."u8.ToArray()).Should().Be(Severity.Dangerous);

    [Fact]
    public void A_pointer_of_git_lfs_under_a_weights_name_is_reported()
    {
        var finding = Scan("model.pt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"u8.ToArray())
            .Should()
            .ContainSingle()
            .Subject;
        finding.Severity.Should().Be(Severity.Report);
    }

    private static Severity Worst(string name, byte[] bytes) =>
        Scan(name, bytes).Select(finding => finding.Severity).DefaultIfEmpty(Severity.Note).Max();

    private static List<Finding> Scan(string name, byte[] bytes)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan(name, new MemorySource(bytes), findings.Add, TestContext.Current.CancellationToken);
        return findings;
    }
}
