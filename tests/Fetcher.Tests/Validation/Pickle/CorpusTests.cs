using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>The sample of the independent corpus, where it is at hand: of every kind only what a pickle could do is
/// judged here.</summary>
public sealed class CorpusTests
{
    private static readonly string[] Kinds =
    [
        "pickle",
        "pickle gadget",
        "pickle machine",
        "pytorch zip",
        "pytorch legacy",
        "pytorch tar",
        "compressed",
        "numpy",
        "joblib",
        "sklearn",
        "archive",
    ];

    [Fact]
    public void Hostile_pickles_of_the_corpus_are_refused_and_honest_files_are_not()
    {
        if (Archive() is not { } archive)
            return;
        var folder = Directory.CreateTempSubdirectory("corpus").FullName;
        try
        {
            Unpack(archive, folder);
            var root = Directory.GetFiles(folder, "expect.json", SearchOption.AllDirectories)[0];
            using var cases = JsonDocument.Parse(File.ReadAllText(root));
            var wrong = cases
                .RootElement.EnumerateArray()
                .SelectMany(entry => Judge(Path.GetDirectoryName(root)!, entry))
                .ToList();
            wrong.Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    // Only regular files: some cases are links out of the folder.
    private static void Unpack(string archive, string folder)
    {
        using var tar = new System.Formats.Tar.TarReader(
            new GZipStream(File.OpenRead(archive), CompressionMode.Decompress)
        );
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            var path = Path.Combine(folder, entry.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path, overwrite: true);
        }
    }

    private static IEnumerable<string> Judge(string root, JsonElement entry)
    {
        var path = entry.GetProperty("path").GetString()!;
        var expect = entry.GetProperty("expect").GetString();
        var isMine = Kinds.Contains(entry.GetProperty("kind").GetString());
        var findings = ScanFolder(Path.Combine(root, path));
        var said = string.Join(
            "; ",
            findings.Select(finding => $"{finding.Severity} {finding.Place}: {finding.Message}")
        );
        var refused = findings.Exists(finding => finding.Severity >= Severity.Suspicious);
        if (refused && path.StartsWith("benign", StringComparison.Ordinal))
            yield return $"{path} is honest: {said}";
        if (!isMine)
            yield break;
        if (expect == "reject" && !refused)
            yield return $"{path} was not refused ({entry.GetProperty("why").GetString()}): {said}";
        if (expect == "report" && findings.Count == 0)
            yield return $"{path} was not reported";
        foreach (var word in entry.GetProperty("mention").EnumerateArray())
        {
            if (!said.Contains(word.GetString()!, StringComparison.Ordinal))
                yield return $"{path} does not mention {word}: {said}";
        }
    }

    private static List<Finding> ScanFolder(string folder)
    {
        var findings = new List<Finding>();
        foreach (
            var file in new DirectoryInfo(folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => file.LinkTarget is null)
        )
        {
            using var source = new FileSource(file.FullName);
            PickleScanner.Scan(
                Path.GetRelativePath(folder, file.FullName),
                source,
                findings.Add,
                TestContext.Current.CancellationToken
            );
        }

        return findings;
    }

    private static string? Archive([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var archive = Path.Combine(folder, "shared", "scanner-corpus.tar.gz");
            if (File.Exists(archive))
                return archive;
        }

        return null;
    }
}
