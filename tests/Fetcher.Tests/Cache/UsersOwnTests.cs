namespace NixAiModels.Tests.Cache;

/// <summary>What is the user's is never replaced, and never removed with a model.</summary>
public sealed class UsersOwnTests : IDisposable
{
    private readonly SharedMachine _machine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("hub", "hub/REPOSITORY/snapshots/COMMIT", "/elsewhere")]
    [InlineData("hub", "hub/REPOSITORY/snapshots/COMMIT", "SECRET")]
    [InlineData("hub, a selection", "hub/REPOSITORY/snapshots/COMMIT", "SECRET")]
    [InlineData("hub, a selection", "hub/REPOSITORY/snapshots/COMMIT/config.json", "/elsewhere")]
    [InlineData("hub, a selection", "hub/REPOSITORY/snapshots/COMMIT/config.json", "SECRET/key")]
    [InlineData("hub", "hub/REPOSITORY/refs/main", "SECRET/key")]
    [InlineData("models", "models/REPOSITORY", "SECRET")]
    [InlineData("models", "models/REPOSITORY", "/elsewhere")]
    public async Task A_link_of_the_user_s_is_an_error_twice_and_stays(string cache, string place, string leads)
    {
        var link = _machine[
            place.Replace("REPOSITORY", SharedMachine.Repository).Replace("COMMIT", SharedMachine.Commit)
        ];
        var target = leads.Replace("SECRET", _machine.Secret);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
        var manifest = _machine.Manifest(partial: cache.Contains(','), cache: _machine[cache.Split(',')[0]]);

        (await SharedMachine.SyncAsync(manifest)).Should().Be(ExitCode.LocalIO);
        (await SharedMachine.SyncAsync(manifest)).Should().Be(ExitCode.LocalIO);
        new FileInfo(link).LinkTarget.Should().Be(target);
        await SharedMachine.SyncAsync(_machine.Manifest(empty: true));

        new FileInfo(link).LinkTarget.Should().Be(target);
        _machine.Secrets().Should().Be(_machine.Untouched);
    }

    [Fact]
    public async Task A_download_of_the_configured_revision_is_an_error_twice_and_stays()
    {
        var pointer = $"{_machine.Folder}/snapshots/{SharedMachine.Commit}/config.json";
        Directory.CreateDirectory(Path.GetDirectoryName(pointer)!);
        Directory.CreateDirectory($"{_machine.Folder}/blobs");
        var blob = PrivateStore.Sha256("config.json");
        await File.WriteAllTextAsync($"{_machine.Folder}/blobs/{blob}", "config.json", Cancellation);
        File.CreateSymbolicLink(pointer, $"../../blobs/{blob}");

        (await SharedMachine.SyncAsync(_machine.Manifest())).Should().Be(ExitCode.LocalIO);
        (await SharedMachine.SyncAsync(_machine.Manifest())).Should().Be(ExitCode.LocalIO);
        await SharedMachine.SyncAsync(_machine.Manifest(empty: true));

        new FileInfo(pointer).LinkTarget.Should().Be($"../../blobs/{blob}");
        (await File.ReadAllTextAsync(pointer, Cancellation)).Should().Be("config.json");
    }

    [Fact]
    public async Task A_link_into_the_store_that_leads_nowhere_any_more_is_replaced()
    {
        var link = $"{_machine.Folder}/snapshots/{SharedMachine.Commit}";
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, _machine[$"store/{new string('z', 32)}-gone"]);

        (await SharedMachine.SyncAsync(_machine.Manifest())).Should().Be(ExitCode.Done);

        new FileInfo(link).LinkTarget.Should().Be(_machine.Raw);
    }

    [Fact]
    public async Task A_snapshot_that_has_vanished_from_the_store_is_noticed()
    {
        await SharedMachine.SyncAsync(_machine.Manifest());
        Directory.Delete(_machine.Raw, recursive: true);

        (await SharedMachine.SyncAsync(_machine.Manifest())).Should().Be(ExitCode.LocalIO);
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("state")]
    public async Task A_folder_whose_path_another_user_could_swap_is_refused(string which)
    {
        _machine.Make(_machine["home"]);
        var below = _machine["home/.cache/hub"];
        Directory.CreateDirectory(below);
        var manifest = which == "cache" ? _machine.Manifest(cache: below) : _machine.Manifest(state: below);

        (await SharedMachine.SyncAsync(manifest)).Should().Be(ExitCode.Usage);

        Directory.GetFileSystemEntries(below).Should().BeEmpty();
    }
}
