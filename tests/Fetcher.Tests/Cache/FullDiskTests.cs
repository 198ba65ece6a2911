using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>A disk that is full or read-only: the exit code, a sentence, nothing half-written, and the next run
/// finishes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly PrivateStore _store = new();

    public void Dispose() => _store.Dispose();

    // A disk of its own in a mount namespace: $1 its options, $2 the executable, $3 the manifest, $4 the cache's place;
    // then what remains, and the run after there is room.
    private const string Disk = """
        mkdir -p "$4" && mount -t tmpfs none "$4" && mount -o "remount,$1" "$4" || exit 99
        "$2" sync --manifest "$3"; echo "exit $?"
        find "$4" -type f -size 0 -o -name '*.tmp*' | sed 's/^/half: /'
        mount -o remount,rw,nr_inodes=1000,size=1m "$4"
        "$2" sync --manifest "$3"; echo "then $?"
        cat "$4"/hub/models--acme--tiny/snapshots/*/config.json
        cat "$4"/hub/models--acme--tiny/refs/main
        """;

    [Theory]
    [InlineData("ro", "read-only")]
    [InlineData("nr_inodes=1", "the disk is full")]
    [InlineData("nr_inodes=2", "the disk is full")]
    [InlineData("nr_inodes=3", "the disk is full")]
    [InlineData("nr_inodes=4", "the disk is full")]
    [InlineData("nr_inodes=5", "the disk is full")]
    [InlineData("nr_inodes=6", "the disk is full")]
    [InlineData("nr_inodes=7", "the disk is full")]
    public async Task A_disk_without_room_is_said_and_the_next_run_finishes(string options, string reason)
    {
        var model = _store.Model("tiny", "acme/tiny", new Dictionary<string, string> { ["config.json"] = "{}" });
        var place = _store[$"disk-{Guid.NewGuid():N}"];
        var manifest = _store.Manifest([model], cache: Path.Combine(place, "hub"));

        // An ordinary user is root in a namespace of its own.
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        var outcome = await Executable.RunAsync(
            "unshare",
            [.. namespaces, "bash", "-c", Disk, "disk", options, Executable.Fetcher, manifest, place],
            new Dictionary<string, string> { ["HOME"] = _store["home"] }
        );

        outcome
            .Output.Should()
            .Contain("exit 7", outcome.Errors)
            .And.Contain("then 0")
            .And.NotContain("half:")
            .And.EndWith("{}" + model.Commit);
        outcome.Errors.Should().Contain(reason).And.Contain("next: ");
    }
}
