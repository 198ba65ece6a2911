using NixAiModels.Posix;

namespace NixAiModels.Tests.Cache;

/// <summary>Root syncs a cache that another user owns, who tries to make root write, delete or open what is
/// root's.</summary>
public sealed class HostileUserTests : IDisposable
{
    private const int Rounds = 150;

    private readonly SharedMachine _machine = new();

    /// <summary>The folders that root works in, from the repository's on.</summary>
    public static TheoryData<string> Folders =>
        ["", "/blobs", "/refs", "/snapshots", "/snapshots/COMMIT", "/snapshots/COMMIT/onnx"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_link_in_place_of_a_folder_leads_root_nowhere(string name)
    {
        var path = PathOf(name);
        _machine.Make(Path.GetDirectoryName(path)!);
        SharedMachine.GiveToOther(_machine.Cache);
        _machine.Link(path, _machine.Secret);

        (await SharedMachine.SyncAsync(_machine.Manifest(partial: true))).Should().Be(ExitCode.LocalIO);
        await SharedMachine.SyncAsync(_machine.Manifest(empty: true));

        _machine.Secrets().Should().Be(_machine.Untouched);
        new FileInfo(path).LinkTarget.Should().Be(_machine.Secret);
    }

    [Fact]
    public async Task Without_Linux_own_calls_a_link_leads_nowhere_either()
    {
        _machine.Make(_machine.Folder);
        SharedMachine.GiveToOther(_machine.Cache);
        _machine.Link($"{_machine.Folder}/snapshots", _machine.Secret);
        var before = LinuxCalls.AreUsed;
        LinuxCalls.AreUsed = false;
        try
        {
            (await SharedMachine.SyncAsync(_machine.Manifest(partial: true))).Should().Be(ExitCode.LocalIO);
            using var cache = FolderHandle.Open(_machine.Cache)!;
            var below = $"{SharedMachine.Repository}/snapshots/key";
            cache.Find($"{SharedMachine.Repository}/snapshots").Should().BeNull();
            cache.Read(below, 100).Should().BeNull();
            FluentActions.Invoking(() => cache.Remove(below)).Should().Throw<IOException>();
            FluentActions.Invoking(() => cache.RemoveTree("../secret")).Should().Throw<ArgumentException>();
        }
        finally
        {
            LinuxCalls.AreUsed = before;
        }

        _machine.Secrets().Should().Be(_machine.Untouched);
    }

    [Fact]
    public async Task The_hub_of_a_cache_directory_is_a_folder_and_no_link_either()
    {
        _machine.Link($"{_machine.Cache}/hub", _machine.Secret);
        Directory.Move(_machine.Cache, _machine["models"]);

        (await SharedMachine.SyncAsync(_machine.Manifest(cache: _machine["models"]))).Should().Be(ExitCode.LocalIO);

        _machine.Secrets().Should().Be(_machine.Untouched);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Swapping_a_folder_for_a_link_while_root_works_wins_nothing(string name)
    {
        var path = PathOf(name);
        var (there, gone) = (_machine.Manifest(partial: true), _machine.Manifest(empty: true));
        await SharedMachine.SyncAsync(there);
        SharedMachine.GiveToOther(_machine.Cache);
        _machine.Link($"{_machine.Cache}/evil", _machine.Secret);
        using var other = OtherUser.Swapping((path, $"{_machine.Cache}/evil"));

        for (var round = 0; round < Rounds; round++)
        {
            await SharedMachine.SyncAsync(there);
            await SharedMachine.SyncAsync(gone);
            // What root made is the other user's, as if it had been so from the start.
            SharedMachine.Run("sh", "-c", $"chown -hR {OtherUser.Id} {_machine.Cache} 2>/dev/null || true");
        }

        _machine.Secrets().Should().Be(_machine.Untouched);
        Figures($"swapping '{name}'", other.Tries);
    }

    [Fact]
    public async Task Swapping_what_an_interrupted_run_left_while_root_removes_it_deletes_nothing_of_root_s()
    {
        var manifest = _machine.Manifest(partial: true);
        await SharedMachine.SyncAsync(manifest);
        var left = $"{_machine.Folder}/.nix-ai-models-new";
        var pairs = Enumerable.Range(0, 40).Select(i => ($"{left}/{i}", $"{_machine.Cache}/evil-{i}")).ToArray();
        var tries = 0L;

        for (var round = 0; round < Rounds; round++)
        {
            SharedMachine.Run(
                "sh",
                "-c",
                $"cd {_machine.Cache}; rm -rf evil-* {left}; mkdir {left}; for i in $(seq 0 39); do mkdir {left}/$i; "
                    + $"ln -s {_machine.Secret} evil-$i; done; chown -hR {OtherUser.Id} ."
            );
            using var other = OtherUser.Swapping(pairs);
            await SharedMachine.SyncAsync(manifest);
            other.Dispose();
            tries += other.Tries;
        }

        _machine.Secrets().Should().Be(_machine.Untouched);
        Figures("swapping below what is removed", tries);
    }

    [Theory]
    [InlineData("/.nix-ai-models-new")]
    [InlineData("/refs/main")]
    public async Task A_link_that_is_planted_where_a_ref_is_written_is_not_written_through(string name)
    {
        var (there, gone) = (_machine.Manifest(), _machine.Manifest(empty: true));
        await SharedMachine.SyncAsync(there);
        SharedMachine.GiveToOther(_machine.Cache);
        using var other = OtherUser.Planting(_machine.Folder + name, _machine.Key);

        for (var round = 0; round < Rounds; round++)
        {
            await SharedMachine.SyncAsync(there);
            await SharedMachine.SyncAsync(gone);
            _machine.Make($"{_machine.Folder}/refs");
            SharedMachine.Run("rm", "-f", $"{_machine.Folder}/refs/main");
            SharedMachine.GiveToOther(_machine.Cache);
        }

        _machine.Secrets().Should().Be(_machine.Untouched);
        Figures($"planting '{name}'", other.Tries);
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_ref_keeps_nobody_waiting()
    {
        _machine.Make($"{_machine.Folder}/refs");
        SharedMachine.Run("mkfifo", $"{_machine.Folder}/refs/main");
        SharedMachine.GiveToOther(_machine.Cache);

        var run = SharedMachine.SyncAsync(_machine.Manifest());

        (await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(10), Cancellation)) == run).Should().BeTrue();
        (await run).Should().Be(ExitCode.LocalIO);
    }

    private static void Figures(string attack, long tries)
    {
        tries.Should().BePositive("the attack has to be under way");
        TestContext.Current.TestOutputHelper?.WriteLine($"{attack}: {Rounds} rounds, {tries} tries, 0 won");
        if (Environment.GetEnvironmentVariable("ATTACK_FIGURES") is { Length: > 0 } file)
            File.AppendAllText(file, $"{attack}: {Rounds} rounds, {tries} tries, 0 won\n");
    }

    private string PathOf(string name) =>
        _machine.Folder + name.Replace("COMMIT", SharedMachine.Commit, StringComparison.Ordinal);
}
