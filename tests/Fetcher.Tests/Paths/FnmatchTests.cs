using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NixAiModels.Paths;

namespace NixAiModels.Tests.Paths;

public class FnmatchTests
{
    [Theory]
    [InlineData("*.json", "config.json", true)]
    [InlineData("*.json", "onnx/config.json", true)]
    [InlineData("*.json", "config.JSON", false)]
    [InlineData("onnx/*", "onnx/a/b.onnx", true)]
    [InlineData("onnx", "onnx/model.onnx", false)]
    [InlineData("*", ".gitattributes", true)]
    [InlineData("model-0000[1-3]-of-?????.*", "model-00002-of-00004.safetensors", true)]
    [InlineData("[!.]*", ".gitattributes", false)]
    [InlineData("a[", "a[", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[z-a]", "z", false)]
    [InlineData("?", "😀", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void A_pattern_means_what_it_means_to_hf_download(string pattern, string path, bool matches) =>
        Fnmatch.Parse(pattern).Matches(path).Should().Be(matches);

    [Fact]
    public void Cases_that_Python_decided_once_come_out_the_same() =>
        Check(File.ReadAllText(Beside("fnmatch-cases.json")));

    [Fact]
    public void Cases_that_Python_decides_now_come_out_the_same()
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python))
            return; // the committed cases have been checked

        var seed = Random.Shared.Next();
        var start = new ProcessStartInfo(python, [Beside("fnmatch-cases.py"), $"{seed}", "20000"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var process = Process.Start(start)!;
        Check(process.StandardOutput.ReadToEnd(), $"seed {seed}");
    }

    [Fact]
    public void A_hostile_pattern_does_not_hang()
    {
        var pattern = Fnmatch.Parse(string.Concat(Enumerable.Repeat("*a", 2000)) + "b");
        var time = Stopwatch.StartNew();

        pattern.Matches(new string('a', 4000)).Should().BeFalse();

        time.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("model[1].bin")]
    [InlineData("a*b?c]")]
    public void A_path_taken_literally_matches_itself_alone(string path)
    {
        var pattern = Fnmatch.Parse(Fnmatch.Literally(path));

        pattern.Matches(path).Should().BeTrue();
        pattern.Matches("model1.bin").Should().BeFalse();
        pattern.Matches("aXXbXc]").Should().BeFalse();
    }

    private static void Check(string json, string because = "")
    {
        using var cases = JsonDocument.Parse(json);
        var wrong = cases
            .RootElement.EnumerateArray()
            .Where(row => Fnmatch.Parse(row[0].GetString()!).Matches(row[1].GetString()!) != row[2].GetBoolean());
        cases.RootElement.GetArrayLength().Should().BeGreaterThan(1000);
        wrong.Select(row => row.GetRawText()).Should().BeEmpty(because);
    }

    private static string Beside(string name, [CallerFilePath] string here = "") =>
        Path.Join(Path.GetDirectoryName(here), name);
}
