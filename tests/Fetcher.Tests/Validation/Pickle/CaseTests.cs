using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>The hand-made attacks and the files that current libraries wrote, where they are at hand.</summary>
public sealed class CaseTests
{
    // The folders whose expectation other validators and containers have to meet.
    private static readonly string[] PickleCases =
    [
        "build-",
        "append-",
        "-od",
        "memmap",
        "yolo",
        "pickle",
        "p0-",
        "p2-",
    ];

    [Fact]
    public void Attacks_on_the_pickle_machine_are_refused() =>
        InCases(root =>
        {
            using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "attacks", "cases.json")));
            var passed = cases
                .RootElement.EnumerateArray()
                .Where(entry => entry.GetProperty("cls").GetString() == "E")
                .Select(entry => entry.GetProperty("path").GetString()!)
                .Where(path => PickleCases.Any(part => path.Contains(part, StringComparison.Ordinal)))
                .Where(path => Refusals(Path.Combine(root, "attacks", path)).Count == 0);
            passed.Should().BeEmpty();
        });

    [Theory]
    [InlineData("cloudpickle")]
    [InlineData("diffusers-layout")]
    [InlineData("gpytorch")]
    [InlineData("kokoro-voices")]
    [InlineData("lightning")]
    [InlineData("sklearn")]
    [InlineData("statsmodels")]
    [InlineData("timm")]
    [InlineData("torch-checkpoint")]
    [InlineData("torch-quantized")]
    [InlineData("torch-state-dict")]
    [InlineData("torch-whole-model")]
    [InlineData("torchscript")]
    [InlineData("transformers-bert-bin")]
    public void Files_of_current_libraries_are_accepted(string folder) =>
        InCases(root => Refusals(Path.Combine(root, "honest", folder)).Should().BeEmpty());

    private static List<string> Refusals(string folder) =>
        [
            .. ValidationRun
                .Execute(
                    folder,
                    new ValidationPlan { Validators = [new ValidatorSpec { Name = "pickleScan" }] },
                    cancellation: TestContext.Current.CancellationToken
                )
                .Findings()
                .Where(finding => finding.Severity >= Severity.Suspicious)
                .Select(finding => $"{finding.File} {finding.Place}: {finding.Message}"),
        ];

    private static void InCases(Action<string> test, [CallerFilePath] string here = "")
    {
        var archive = Path.GetDirectoryName(here);
        while (archive is not null && !File.Exists(Path.Combine(archive, "shared", "cases.tar.gz")))
            archive = Path.GetDirectoryName(archive);
        if (archive is null)
            return;
        var folder = Directory.CreateTempSubdirectory("cases").FullName;
        try
        {
            using (
                var tar = new GZipStream(
                    File.OpenRead(Path.Combine(archive, "shared", "cases.tar.gz")),
                    CompressionMode.Decompress
                )
            )
            {
                TarFile.ExtractToDirectory(tar, folder, overwriteFiles: true);
            }

            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
