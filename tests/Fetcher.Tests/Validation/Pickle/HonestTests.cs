using System.IO.Compression;
using System.Runtime.CompilerServices;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Files as Python's libraries write them (honest.py made honest.txt): nothing in them may be
/// refused.</summary>
public sealed class HonestTests
{
    public static TheoryData<string> Names => [.. Files.Keys];

    /// <summary>The bytes of every file.</summary>
    internal static IEnumerable<byte[]> Contents => Files.Values;

    private static Dictionary<string, byte[]> Files { get; } = Read();

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_honest_library_wrote_is_not_refused(string name)
    {
        var findings = Scan(name);
        findings
            .Where(finding => finding.Severity >= Severity.Suspicious)
            .Select(finding => $"{finding.Place}: {finding.Message}")
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("plain-2.pkl")]
    [InlineData("containers-4.pkl")]
    [InlineData("state-zip.pt")]
    [InlineData("state-legacy.pt")]
    [InlineData("tensors-zip.pt")]
    [InlineData("tensor-4.pkl")]
    [InlineData("f8.npy")]
    [InlineData("folded.npz")]
    [InlineData("arrays-lzma.joblib")]
    public void Tensors_and_arrays_alone_need_no_word(string name) => Scan(name).Should().BeEmpty();

    [Theory]
    [InlineData("pipeline.joblib", "sklearn.pipeline.Pipeline")]
    [InlineData("sklearn-forest.joblib", "sklearn.ensemble._forest.RandomForestClassifier")]
    [InlineData("module-zip.pt", "torch.nn.modules.container.Sequential")]
    [InlineData("standard-library.pkl", "pathlib.PosixPath")]
    [InlineData("script.pt", "TorchScript")]
    [InlineData("training_args.pt", "transformers.training_args.TrainingArguments")]
    public void A_library_that_loading_needs_is_named(string name, string word) =>
        Scan(name)
            .Should()
            .Contain(finding =>
                finding.Severity == Severity.Report && finding.Message.Contains(word, StringComparison.Ordinal)
            );

    private static List<Finding> Scan(string name)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan(name, new MemorySource(Files[name]), findings.Add, TestContext.Current.CancellationToken);
        return findings;
    }

    private static Dictionary<string, byte[]> Read([CallerFilePath] string here = "")
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "honest.txt")))
        {
            var space = line.LastIndexOf(' ');
            using var content = new MemoryStream();
            using (
                var folded = new ZLibStream(
                    new MemoryStream(Convert.FromBase64String(line[(space + 1)..])),
                    CompressionMode.Decompress
                )
            )
            {
                folded.CopyTo(content);
            }

            files[line[..space]] = content.ToArray();
        }

        return files;
    }
}
