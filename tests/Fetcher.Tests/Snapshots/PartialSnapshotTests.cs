using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Snapshots;

public sealed class PartialSnapshotTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Whoever_waited_for_a_download_that_was_completed_and_removed_can_download()
    {
        var first = await OpenAsync();
        Directory.CreateDirectory(first.Tree);
        var waiting = OpenAsync();
        await Task.Delay(TimeSpan.FromSeconds(0.2), TestContext.Current.CancellationToken);
        waiting.IsCompleted.Should().BeFalse();

        first.Delete();
        first.Dispose();

        using var second = await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(second.Tree);
        var third = OpenAsync();
        await Task.Delay(TimeSpan.FromSeconds(0.2), TestContext.Current.CancellationToken);
        third.IsCompleted.Should().BeFalse("the second holds it");
        second.Delete();
        second.Dispose();
        (await third).Dispose();
    }

    private Task<PartialSnapshot> OpenAsync() =>
        PartialSnapshot.OpenAsync(
            HubEndpoint.Parse("https://huggingface.co"),
            new Snapshot(RepositoryId.Parse("a/b"), CommitId.Parse(new string('0', 40)), []),
            new FixedOutput("name"),
            _home.Root,
            TestContext.Current.CancellationToken
        );
}
