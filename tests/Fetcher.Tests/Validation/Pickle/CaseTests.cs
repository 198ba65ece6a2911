using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>The hand-made attacks and the files that current libraries wrote, where they are at hand, each judged by
/// its class: E is refused by standard, O named in its report, S refused by strict; F and P are honest, for standard
/// and for strict.</summary>
public sealed class CaseTests
{
    [Theory]
    [InlineData("E")]
    [InlineData("O")]
    [InlineData("S")]
    [InlineData("F")]
    [InlineData("P")]
    public void Every_case_is_judged_as_its_class_says(string kind) =>
        InCases(root =>
        {
            using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "attacks", "cases.json")));
            var wrong = cases
                .RootElement.EnumerateArray()
                .Where(entry => entry.GetProperty("cls").GetString() == kind)
                .Select(entry => Judge(root, kind, entry))
                .Where(judgement => judgement is not null)
                .ToList();
            wrong.Should().BeEmpty();
        });

    [Fact]
    public void Files_of_current_libraries_are_accepted() =>
        InCases(root =>
            Directory
                .GetDirectories(Path.Combine(root, "honest"))
                .Select(folder => (Path.GetFileName(folder), Report: Validate(folder, "standard")))
                .Where(folder => folder.Report.Verdict != Verdict.Accepted)
                .Select(folder => $"{folder.Item1}: {Said(folder.Report)}")
                .Should()
                .BeEmpty()
        );

    private static string? Judge(string root, string kind, JsonElement entry)
    {
        var path = entry.GetProperty("path").GetString()!;
        var files = entry.GetProperty("files").EnumerateArray().Select(file => file.GetString()).ToList();
        var report = Validate(Path.Combine(root, "attacks", path), kind is "S" or "P" ? "strict" : "standard");
        var isRight = kind switch
        {
            "E" or "S" => report.Verdict == Verdict.Refused,
            "O" => report.Findings().Any(found => found.Severity > Severity.Note && files.Contains(found.File)),
            _ => report.Verdict == Verdict.Accepted,
        };
        return isRight ? null : $"{path} ({entry.GetProperty("why").GetString()}): {report.Verdict} {Said(report)}";
    }

    private static Report Validate(string folder, string preset) =>
        ValidationRun.Execute(
            folder,
            Presets.All[preset],
            hashed: false,
            cancellation: TestContext.Current.CancellationToken
        );

    private static string Said(Report report) =>
        string.Join("; ", report.Findings().Select(found => $"{found.File} {found.Place}: {found.Message}"));

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
