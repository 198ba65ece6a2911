using NixAiModels.Locking;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Locking;

/// <summary><c>--update</c>, <c>--freeze</c> and <c>verify</c>.</summary>
public sealed class UpdateTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly LockBench bench = new(hub);

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task An_entry_moves_to_the_head_of_its_branch_and_the_changed_files_are_shown()
    {
        var repository = hub.Repository("acme/moving").File("config.json", "{}").File("gone.txt", "bye").Lfs("model.bin", LockBench.Bytes(2_000_000)).Lfs("same.bin", LockBench.Bytes(100_000));
        hub.Repository("acme/still").File("config.json", "{}");
        await bench.Pin("acme/moving");
        await bench.Pin("acme/still");
        var old = await hub.Commit("acme/moving");
        var before = bench.Text;
        repository.CopyTo("before").Lfs("model.bin", LockBench.Bytes(3_000_000)).File("new.txt", "hello").Remove("gone.txt");
        var now = await hub.Commit("acme/moving");
        await hub.ClearRecord();

        var dry = await bench.Prefetch("--update", "models.lock.json", "--dry-run");
        dry.ExitCode.Should().Be(0, dry.Errors);
        dry.Output.Should().Be($"""
            moving: acme/moving main {old} → {now}
              - gone.txt  3 bytes
              ~ model.bin  2 MB → 3 MB
              + new.txt  5 bytes
              3 files changed; a build downloads at most 3 MB

            """);
        bench.Text.Should().Be(before);
        (await bench.Downloaded()).Should().BeEmpty();

        var outcome = await bench.Prefetch("--update", "models.lock.json");
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().Be(dry.Output);
        outcome.Errors.Should().Contain($"still: main is still");
        LockFile.Read(bench.File).Models["moving"].Commit.Should().Be(now);
        (await bench.Downloaded()).Should().Equal("config.json", "new.txt");

        var again = await bench.Prefetch("--update", "models.lock.json", "moving");
        again.ExitCode.Should().Be(0, again.Errors);
        again.Output.Should().Be("nothing moved\n");
    }

    [Fact]
    public async Task A_frozen_entry_stays_until_it_is_unfrozen()
    {
        var repository = hub.Repository("acme/frozen").File("config.json", "{}");
        await bench.Pin("acme/frozen");
        var old = await hub.Commit("acme/frozen");
        (await bench.Prefetch("--lock", "models.lock.json", "--freeze", "frozen")).ExitCode.Should().Be(0);
        repository.CopyTo("before").File("config.json", "{ }");

        var outcome = await bench.Prefetch("--update", "models.lock.json");
        outcome.Output.Should().Be("nothing moved\n");
        outcome.Errors.Should().Contain("it is frozen");
        LockFile.Read(bench.File).Models["frozen"].Should().Match<LockEntry>(entry => entry.Frozen && entry.Commit == old);

        (await bench.Prefetch("--update", "models.lock.json", "--unfreeze", "frozen")).ExitCode.Should().Be(0);
        LockFile.Read(bench.File).Models["frozen"].Should().Match<LockEntry>(entry => !entry.Frozen && entry.Commit != old);
    }

    [Fact]
    public async Task A_tag_that_moved_is_said_and_not_followed()
    {
        var repository = hub.Repository("acme/tagged").File("config.json", "{}").Tag("v1.0");
        await bench.Pin("acme/tagged", "--rev", "v1.0");
        var before = bench.Text;
        (await bench.Prefetch("--update", "models.lock.json")).ExitCode.Should().Be(0);
        repository.CopyTo("before").File("config.json", "{ }");

        var outcome = await bench.Prefetch("--update", "models.lock.json");

        outcome.ExitCode.Should().Be(6, outcome.Errors);
        outcome.Errors.Should().Contain("the tag v1.0 of acme/tagged was").And.Contain("--rev v1.0 --lock models.lock.json --name tagged");
        bench.Text.Should().Be(before);
    }

    [Fact]
    public async Task What_cannot_be_looked_up_does_not_keep_others_from_moving()
    {
        var repository = hub.Repository("acme/good").File("config.json", "{}");
        hub.Repository("acme/bad").File("config.json", "{}");
        await bench.Pin("acme/good");
        await bench.Pin("acme/bad");
        repository.CopyTo("before").File("config.json", "{ }");
        hub.Repository("acme/bad").Gated("hf_other").Private("hf_other");

        var outcome = await bench.Prefetch("--update", "models.lock.json");

        outcome.ExitCode.Should().Be(4, outcome.Errors);
        LockFile.Read(bench.File).Models["good"].Commit.Should().Be(await hub.Commit("acme/good"));
        (await bench.Prefetch("--update", "models.lock.json", "no-such")).ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task Verify_says_whether_the_hub_still_lists_what_was_pinned()
    {
        hub.Repository("acme/verified").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(1000));
        await bench.Pin("acme/verified");

        var right = await bench.Run("verify", "models.lock.json");
        right.ExitCode.Should().Be(0, right.Errors);
        right.Output.Should().Be("verified: as pinned\n");

        await hub.Fault(new { kind = "wrong-size", repo = "acme/verified", path = "model.bin", bytes = 5 });
        var wrong = await bench.Run("verify", "models.lock.json", "verified");
        await hub.ClearFaults();
        wrong.ExitCode.Should().Be(6, wrong.Errors);
        wrong.Output.Should().Contain("~ model.bin  1 kB → 1 kB");

        hub.Repository("acme/verified").File("config.json", "{ }");
        (await bench.Run("verify", "models.lock.json")).ExitCode.Should().Be(3, "the commit is gone");
    }
}
