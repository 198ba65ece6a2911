using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

/// <summary>A listing that is cut on its way never counts as whole.</summary>
public sealed class CompleteListingTests : IAsyncLifetime
{
    private readonly List<string> _warnings = [];
    private TestHubFixture _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHubFixture.StartAsync("--page-size", "4");
        var repository = _hub.Repository("acme/tiny");
        for (var i = 0; i < 10; i++)
            repository.File($"f{i}.json", $"{i}");
        repository.File("z/last/file.json", "{}");
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("no-next")]
    [InlineData("empty-page")]
    public async Task A_listing_that_stays_cut_is_refused_with_both_counts(string kind)
    {
        await _hub.FaultAsync(new { kind });

        var failure = (await FluentActions.Awaiting(() => ListAsync()).Should().ThrowAsync<HubFailure>()).Which;

        failure.Code.Should().Be(ExitCode.Network);
        failure.Message.Should().MatchRegex(@"incomplete listing of acme/tiny \(\d files of the 11 that its revision");
        _warnings.Should().ContainSingle().Which.Should().Contain("requesting it again");
    }

    [Theory]
    [InlineData("no-next")]
    [InlineData("empty-page")]
    public async Task A_listing_that_is_cut_once_is_requested_again(string kind)
    {
        await _hub.FaultAsync(new { kind, times = 1 });

        (await ListAsync()).Should().HaveCount(11);
    }

    [Fact]
    public async Task Without_the_files_of_the_revision_a_folder_without_entries_tells()
    {
        // The last page has the file alone: z and z/last are on the one before.
        await _hub.FaultAsync(
            new
            {
                kind = "empty-page",
                skip = 3,
                times = 1,
            }
        );
        await _hub.FaultAsync(
            new
            {
                kind = "empty-page",
                skip = 7,
                times = 1,
            }
        );
        var commit = await _hub.CommitAsync("acme/tiny");
        using var client = Clients.Open(_hub.Endpoint);

        (
            await FluentActions
                .Awaiting(() => client.ListFilesAsync(Clients.Tiny, commit, Cancellation))
                .Should()
                .ThrowAsync<HubFailure>()
        )
            .Which.Message.Should()
            .Contain("10 files, but nothing of the folder 'z/last'");
    }

    [Fact]
    public async Task Where_the_revision_names_fewer_files_the_listing_counts_and_a_warning_says_so()
    {
        var commit = await _hub.CommitAsync("acme/tiny");
        using var client = Clients.Open(_hub.Endpoint, options: Clients.Options() with { Warn = _warnings.Add });

        var cut = new Revision(Clients.Tiny, CommitId.Parse(commit)) { Paths = ["f0.json", "f1.json"] };
        (await client.ListFilesAsync(cut, Cancellation)).Should().HaveCount(11);

        _warnings.Should().ContainSingle().Which.Should().Contain("only 2 of the 11 listed files");
    }

    private async Task<IReadOnlyList<HubFile>> ListAsync()
    {
        using var client = Clients.Open(_hub.Endpoint, options: Clients.Options() with { Warn = _warnings.Add });
        var revision = await client.ResolveRevisionAsync(Clients.Tiny, "main", Cancellation);
        return await client.ListFilesAsync(revision, Cancellation);
    }
}
