using NixAiModels.Posix;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Posix;

public sealed class DistinctNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("README.md", "readme.md", "'readme.md' and 'README.md' are one")]
    [InlineData("Onnx/a", "onnx/b", "'onnx' and 'Onnx' are one")] // the folders
    [InlineData("Ä.json", "ä.json", "'ä.json' and 'Ä.json' are one")]
    [InlineData("e\u0301.json", "\u00e9.json", "'*.json' and another file are one")] // decomposed and composed
    public void Two_files_that_a_file_system_takes_for_one_are_refused(string one, string other, string message)
    {
        var doubtful = DistinctNames.Doubtful([one, "config.json", other]);
        // As a Mac's file system has it.
        var there = new HashSet<string>();

        FluentActions
            .Invoking(() =>
                DistinctNames.Require(
                    "/models",
                    doubtful,
                    path => there.Add(path.Replace("e\u0301", "é").ToUpperInvariant())
                )
            )
            .Should()
            .Throw<Failure>()
            .WithMessage(message + " on the file system of /models")
            .Where(failure => failure.Code == ExitCode.LocalIO && failure.Next!.Contains("--exclude"));
    }

    [Fact]
    public void Where_they_are_two_nothing_is_refused_and_nothing_left()
    {
        DistinctNames.Require(_folder.Root, ["a/README.md", "A/readme.md", "é", "e\u0301"]);

        Directory.GetFileSystemEntries(_folder.Root).Should().BeEmpty();
    }

    [Fact]
    public void Names_that_no_file_system_confuses_are_not_tried() =>
        DistinctNames.Doubtful(["config.json", "onnx/config.json", "onnx/model.onnx", "größe.txt"]).Should().BeEmpty();
}
