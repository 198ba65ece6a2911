using NixAiModels.Locking;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Locking;

/// <summary><c>lock update</c>, <c>freeze</c> and <c>verify</c>.</summary>
public sealed class UpdateTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_entry_moves_to_the_head_of_its_branch_and_the_changed_files_are_shown()
    {
        var repository = hub.Repository("acme/moving")
            .File("config.json", "{}")
            .File("gone.txt", "bye")
            .Lfs("model.bin", LockBench.Bytes(2_000_000))
            .Lfs("same.bin", LockBench.Bytes(100_000));
        hub.Repository("acme/still").File("config.json", "{}");
        await _bench.PinAsync("acme/moving");
        await _bench.PinAsync("acme/still");
        var old = await hub.CommitAsync("acme/moving");
        var before = _bench.Text;
        repository
            .CopyTo("before")
            .Lfs("model.bin", LockBench.Bytes(3_000_000))
            .File("new.txt", "hello")
            .Remove("gone.txt");
        var now = await hub.CommitAsync("acme/moving");
        await hub.ClearRecordAsync();

        var dry = await _bench.LockAsync("update", "--dry-run");
        dry.ExitCode.Should().Be(0, dry.Errors);
        dry.Output.Should()
            .Be(
                $"""
                moving: acme/moving main {old} → {now}
                  - gone.txt  3 bytes
                  ~ model.bin  2 MB → 3 MB
                  + new.txt  5 bytes
                  3 files changed; a build downloads at most 3 MB

                """
            );
        _bench.Text.Should().Be(before);
        (await _bench.DownloadedAsync()).Should().BeEmpty();

        var outcome = await _bench.LockAsync("update");
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().Be(dry.Output);
        outcome.Errors.Should().Contain($"still: main is still");
        _bench.Repository("moving").Commit.ToString().Should().Be(now);
        (await _bench.DownloadedAsync()).Should().Equal("config.json", "new.txt");

        var again = await _bench.LockAsync("update", "moving");
        again.ExitCode.Should().Be(0, again.Errors);
        again.Output.Should().Be("nothing moved\n");
    }

    [Fact]
    public async Task A_quantization_is_followed_where_its_files_get_other_names()
    {
        var repository = hub.Repository("acme/quants")
            .Lfs("X-Q4_K_M.gguf", LockBench.Bytes(1000))
            .Lfs("X-Q8_0.gguf", LockBench.Bytes(2000));
        await _bench.PinAsync("acme/quants:q4_k_m");
        repository
            .CopyTo("before")
            .Remove("X-Q4_K_M.gguf")
            .Lfs("X-Q4_K_M-00001-of-00002.gguf", LockBench.Bytes(600))
            .Lfs("X-Q4_K_M-00002-of-00002.gguf", LockBench.Bytes(400));

        var outcome = await _bench.LockAsync("update");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var entry = _bench.Repository("quants");
        entry.Selection.Quant.Should().Be("q4_k_m");
        entry
            .Lfs.Select(file => file.Path)
            .Should()
            .Equal("X-Q4_K_M-00001-of-00002.gguf", "X-Q4_K_M-00002-of-00002.gguf");
    }

    [Fact]
    public async Task A_frozen_entry_stays_until_it_is_unfrozen()
    {
        var repository = hub.Repository("acme/frozen").File("config.json", "{}");
        await _bench.PinAsync("acme/frozen");
        var old = await hub.CommitAsync("acme/frozen");
        (await _bench.LockAsync("freeze", "frozen")).ExitCode.Should().Be(0);
        repository.CopyTo("before").File("config.json", "{ }");

        var outcome = await _bench.LockAsync("update");
        outcome.Output.Should().Be("nothing moved\n");
        outcome.Errors.Should().Contain("it is frozen");
        LockFile
            .Read(_bench.File)
            .Models["frozen"]
            .Should()
            .Match<RepositoryEntry>(entry => entry.Frozen && entry.Commit.ToString() == old);

        (await _bench.LockAsync("unfreeze", "frozen")).ExitCode.Should().Be(0);
        (await _bench.LockAsync("update")).ExitCode.Should().Be(0);
        LockFile
            .Read(_bench.File)
            .Models["frozen"]
            .Should()
            .Match<RepositoryEntry>(entry => !entry.Frozen && entry.Commit.ToString() != old);
    }

    [Fact]
    public async Task A_tag_that_moved_is_an_error_and_not_followed()
    {
        var repository = hub.Repository("acme/tagged").File("config.json", "{}").Tag("v1.0");
        await _bench.PinAsync("acme/tagged", "--rev", "v1.0");
        var before = _bench.Text;
        (await _bench.LockAsync("update")).ExitCode.Should().Be(0);
        repository.CopyTo("before").File("config.json", "{ }");

        var outcome = await _bench.LockAsync("update");

        outcome.ExitCode.Should().Be(6, outcome.Errors);
        outcome
            .Errors.Should()
            .Contain("the tag v1.0 of acme/tagged moved from")
            .And.Contain("nix-prefetch-hf lock add acme/tagged --rev v1.0 --name tagged");
        _bench.Text.Should().Be(before);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_updated_does_not_stop_the_others()
    {
        var repository = hub.Repository("acme/good").File("config.json", "{}");
        hub.Repository("acme/bad").File("config.json", "{}");
        await _bench.PinAsync("acme/good");
        await _bench.PinAsync("acme/bad");
        repository.CopyTo("before").File("config.json", "{ }");
        hub.Repository("acme/bad").Gated("hf_other").Private("hf_other");

        var outcome = await _bench.LockAsync("update");

        outcome.ExitCode.Should().Be(4, outcome.Errors);
        _bench.Repository("good").Commit.ToString().Should().Be(await hub.CommitAsync("acme/good"));
        (await _bench.LockAsync("update", "no-such")).ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task Verify_reports_whether_the_hub_still_lists_the_pinned_files()
    {
        hub.Repository("acme/verified").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(1000));
        await _bench.PinAsync("acme/verified");

        var right = await _bench.LockAsync("verify");
        right.ExitCode.Should().Be(0, right.Errors);
        right.Output.Should().Be("verified: as pinned\n");

        await hub.FaultAsync(
            new
            {
                kind = "wrong-size",
                repo = "acme/verified",
                path = "model.bin",
                bytes = 5,
            }
        );
        var wrong = await _bench.LockAsync("verify", "verified");
        await hub.ClearFaultsAsync();
        wrong.ExitCode.Should().Be(6, wrong.Errors);
        wrong.Output.Should().Contain("~ model.bin  1 kB → 1 kB");

        hub.Repository("acme/verified").File("config.json", "{ }");
        (await _bench.LockAsync("verify")).ExitCode.Should().Be(3, "the commit is gone");
    }
}
