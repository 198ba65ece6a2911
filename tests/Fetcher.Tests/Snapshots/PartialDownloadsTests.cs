using NixAiModels.Commands;
using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Snapshots;

public sealed class PartialDownloadsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Clean_lists_downloads_and_removes_those_that_no_process_works_on()
    {
        (await LeaveAsync("hf+a+left")).Dispose();
        using var active = await LeaveAsync("hf+a+active");
        _home.Write("mine/file", "not a download");

        Clean(dryRun: true)
            .Should()
            .ContainAll("hf+a+left", "would be removed", "[kept: ", "1 partial download would be removed");
        PartialDownloads.In(_home.Root).Should().HaveCount(2);

        Clean(dryRun: false).Should().ContainAll("hf+a+left", "[removed]", "1 partial download removed", "1 in use");
        PartialDownloads.In(_home.Root).Should().ContainSingle().Which.Name.Should().Be("hf+a+active");
        Directory
            .EnumerateFileSystemEntries(_home.Root)
            .Should()
            .HaveCount(3, "a download and its lock, and what is not ours");
    }

    [Fact]
    public async Task The_size_is_what_has_arrived_not_the_length_of_a_file_with_holes()
    {
        using var partial = await LeaveAsync("hf+a+sparse");
        using (var file = File.OpenHandle(Path.Combine(partial.Tree, "weights"), FileMode.CreateNew, FileAccess.Write))
            RandomAccess.Write(file, "end"u8, 1L << 30);

        PartialDownloads.In(_home.Root).Single().Size.Should().BeLessThan(1 << 20);
    }

    [Fact]
    public void Without_downloads_there_is_nothing_to_clean() =>
        Clean(dryRun: false).Should().Be("0 partial downloads removed, 0 bytes\n");

    private string Clean(bool dryRun)
    {
        using var output = new StringWriter { NewLine = "\n" };
        CleanCommand.Run(_home.Root, dryRun, output);
        return output.ToString();
    }

    private async Task<PartialSnapshot> LeaveAsync(string name)
    {
        var partial = await PartialSnapshot.OpenAsync(
            HubEndpoint.Parse("https://huggingface.co"),
            new Snapshot(RepositoryId.Parse("a/b"), CommitId.Parse(new string('0', 40)), []),
            new FixedOutput(name),
            _home.Root,
            TestContext.Current.CancellationToken
        );
        Directory.CreateDirectory(partial.Tree);
        await File.WriteAllTextAsync(
            Path.Combine(partial.Tree, "config.json"),
            "{}",
            TestContext.Current.CancellationToken
        );
        return partial;
    }
}
