using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Source;

/// <summary>The files of the repository, those that git ignores left out.</summary>
internal static class SourceTree
{
    /// <summary>The paths that match git's patterns, such as <c>*.cs</c>, in any folder.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(params string[] patterns)
    {
        var listed = await Executable.RunAsync(
            "git",
            ["ls-files", "--cached", "--others", "--exclude-standard", "--", .. patterns]
        );
        listed.ExitCode.Should().Be(0, listed.Errors);
        return [.. listed.Output.Split('\n').Where(file => File.Exists(OnDisk(file)))];
    }

    public static Task<string[]> LinesAsync(string file) =>
        File.ReadAllLinesAsync(OnDisk(file), TestContext.Current.CancellationToken);

    private static string OnDisk(string file) => Path.Combine(Executable.Root, file);
}
