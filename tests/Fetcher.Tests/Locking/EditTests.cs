using NixAiModels.Locking;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Locking;

/// <summary><c>lock show</c>, <c>remove</c>, <c>rename</c> and what is frozen.</summary>
public sealed class EditTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_frozen_entry_is_not_replaced_and_the_command_that_allows_it_is_named()
    {
        hub.Repository("acme/kept").File("config.json", "{}");
        await _bench.PinAsync("acme/kept");
        (await _bench.LockAsync("freeze", "kept")).ExitCode.Should().Be(0);
        var before = _bench.Text;
        await hub.ClearRecordAsync();

        var refused = await _bench.LockAsync("add", "acme/kept", "--include", "*.json");

        refused.ExitCode.Should().Be(2, refused.Errors);
        refused.Errors.Should().Contain("'kept' is frozen").And.Contain("nix-prefetch-hf lock unfreeze kept");
        _bench.Text.Should().Be(before);
        (await hub.RecordAsync()).Should().BeEmpty();
        (await _bench.LockAsync("unfreeze", "kept")).ExitCode.Should().Be(0);
        await _bench.PinAsync("acme/kept", "--include", "*.json");
    }

    [Fact]
    public async Task Entries_are_shown_renamed_and_removed()
    {
        hub.Repository("acme/first").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(2_000_000));
        hub.Dataset("acme/second").File("data.csv", "a,b\n");
        await _bench.PinAsync("acme/first");
        await _bench.PinAsync("datasets/acme/second", "--name", "second");
        await _bench.SignAsAsync("team-1");
        (await _bench.LockAsync("freeze", "second")).ExitCode.Should().Be(0);

        var shown = await _bench.LockAsync("show");
        shown
            .Output.Should()
            .Be(
                $"""
                first: acme/first main {await hub.CommitAsync("acme/first")}
                  2 files, 2 MB, signed by team-1
                second: datasets/acme/second main {await hub.CommitAsync("acme/second", type: "datasets")}
                  1 file, 4 bytes, frozen

                """
            );
        var json = await _bench.LockAsync("show", "first", "--json");
        LockReader.Read(System.Text.Encoding.UTF8.GetBytes(json.Output), "shown").Models.Keys.Should().Equal("first");

        var renamed = await _bench.LockAsync("rename", "first", "one");
        renamed.ExitCode.Should().Be(0, renamed.Errors);
        renamed.Errors.Should().Contain("nix-prefetch-hf lock sign one --key-file KEY");
        LockFile.Read(_bench.File).Models.Keys.Should().BeEquivalentTo("one", "second");
        LockFile.Read(_bench.File).Models["one"].Signatures.Should().BeEmpty();
        (await _bench.LockAsync("rename", "one", "second")).Errors.Should().Contain("already has a model 'second'");
        (await _bench.LockAsync("rename", "one", ".one")).Errors.Should().Contain("invalid name '.one'");

        (await _bench.LockAsync("remove", "one", "nowhere")).ExitCode.Should().Be(2);
        (await _bench.LockAsync("remove", "one")).ExitCode.Should().Be(0);
        LockFile.Read(_bench.File).Models.Keys.Should().Equal("second");
    }

    [Theory]
    [InlineData("show")]
    [InlineData("update")]
    [InlineData("freeze m")]
    [InlineData("fetch")]
    public async Task A_lock_file_that_is_not_there_is_not_made(string command)
    {
        var outcome = await _bench.LockAsync([.. command.Split(' '), "--lock-file", "other.lock.json"]);

        outcome.ExitCode.Should().Be(7, outcome.Errors);
        outcome.Errors.Should().Contain("nix-prefetch-hf lock add ORG/NAME --lock-file other.lock.json");
        Directory.GetFiles(_bench.Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task An_entry_is_printed_as_a_module_takes_it()
    {
        hub.Repository("acme/named.1").File("config.json", "{}");

        var outcome = await _bench.PinAsync("acme/named.1", "--format", "module");

        outcome.Output.Should().Be("models.\"named.1\".lockFile = ./models.lock.json;\n");
    }
}
