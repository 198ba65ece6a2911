using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using NixAiModels.Nar;
using NixAiModels.Store.Daemon;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Store;

/// <summary>The client against real daemons, an old and a current one, over a socket and as a child process.</summary>
public sealed class DaemonConnectionTests(NixFixture nix) : IClassFixture<NixFixture>, IDisposable
{
    private const string Absent = "/nix/store/00000000000000000000000000000000-absent";

    private readonly string _folder = Directory.CreateTempSubdirectory("dc-").FullName;

    public static MatrixTheoryData<NixVersion, bool> Ways => new(Enum.GetValues<NixVersion>(), [true, false]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_folder_is_added_under_the_path_that_its_hash_makes(NixVersion version, bool socket)
    {
        await using var daemon = await RunningDaemon.StartAsync(nix, version);
        var address = socket ? new DaemonAddress(daemon.Socket, null) : RunningDaemon.AsChild(nix, version);
        await using var connection = await DaemonConnection.OpenAsync(address, Cancellation);
        var tree = Tree($"{version}-{socket}");

        var added = await AddAsync(connection, tree, "a-folder");

        connection.NixVersion.Should().StartWith("2.");
        connection.Minor.Should().Be(version == NixVersion.Old ? 34 : 38);
        var hash = await NarHash.OfPathAsync(tree, Cancellation);
        added.Path.Should().Be(StorePath.OfFixedOutput("a-folder", hash, recursive: true));
        added.NarHash.Should().Be(hash.Hex);
        added.ContentAddress.Should().StartWith("fixed:r:sha256:");
        (await NarHash.OfPathAsync(nix.OnDisk(version, added.Path), Cancellation)).Should().Be(hash);
        (await nix.RunAsync(version, "nix-store", "--verify-path", added.Path)).ExitCode.Should().Be(0);
        (await connection.IsValidPathAsync(added.Path, Cancellation)).Should().BeTrue();
        (await connection.IsValidPathAsync(Absent, Cancellation)).Should().BeFalse();
        (await connection.QueryPathInfoAsync(added.Path, Cancellation)).Should().Be(added);
        (await connection.QueryPathInfoAsync(Absent, Cancellation)).Should().BeNull();
        (await AddAsync(connection, tree, "a-folder")).Should().Be(added);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_dump_that_is_broken_off_leaves_nothing_in_the_store(NixVersion version, bool socket)
    {
        await using var daemon = await RunningDaemon.StartAsync(nix, version);
        var address = socket ? new DaemonAddress(daemon.Socket, null) : RunningDaemon.AsChild(nix, version);
        var store = nix.OnDisk(version, "/nix/store");
        await using (var first = await DaemonConnection.OpenAsync(address, Cancellation))
            await AddAsync(first, Tree("whole"), "whole");
        var before = Directory.GetFileSystemEntries(store).Order().ToArray();

        await using (var connection = await DaemonConnection.OpenAsync(address, Cancellation))
        {
            var writer = new NarWriter((await connection.BeginAddAsync("broken", Cancellation)).Write);
            writer.BeginFile(100_000_000, executable: false);
            writer.Content(new byte[70_000_000]);
            // More than it keeps in memory: it is on disk by now.
            while (Directory.GetFileSystemEntries(store).Length == before.Length)
                await Task.Delay(10, Cancellation);
        }

        while (!Directory.GetFileSystemEntries(store).Order().SequenceEqual(before))
            await Task.Delay(20, Cancellation);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_whole_archive_that_is_not_said_to_be_right_leaves_nothing_in_the_store(
        NixVersion version,
        bool socket
    )
    {
        await using var daemon = await RunningDaemon.StartAsync(nix, version);
        var address = socket ? new DaemonAddress(daemon.Socket, null) : RunningDaemon.AsChild(nix, version);
        var tree = Tree($"unsaid-{version}-{socket}");
        await using (var connection = await DaemonConnection.OpenAsync(address, Cancellation))
        {
            await NarTree.WriteAsync(
                tree,
                new NarWriter((await connection.BeginAddAsync("unsaid", Cancellation)).Write),
                Cancellation
            );
        }

        await using var next = await DaemonConnection.OpenAsync(address, Cancellation);
        (
            await next.IsValidPathAsync(
                StorePath.OfFixedOutput("unsaid", await NarHash.OfPathAsync(tree, Cancellation), recursive: true),
                Cancellation
            )
        )
            .Should()
            .BeFalse();
        while (Directory.GetFileSystemEntries(nix.OnDisk(version, "/nix/store"), "*-unsaid").Length > 0)
            await Task.Delay(20, Cancellation);
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task What_Nix_refuses_is_told_in_its_words_and_the_connection_goes_on(NixVersion version)
    {
        await using var connection = await DaemonConnection.OpenAsync(
            RunningDaemon.AsChild(nix, version),
            Cancellation
        );

        var import = await connection.BeginAddAsync("no archive", Cancellation);
        import.Write(new byte[1000]);
        var refused = await import
            .Awaiting(import => import.FinishAsync(Cancellation))
            .Should()
            .ThrowAsync<DaemonError>();

        refused.Which.Code.Should().Be(ExitCode.LocalIO);
        refused.Which.Message.Should().StartWith("Nix refused: ").And.NotContain("\e");
        (await connection.IsValidPathAsync(Absent, Cancellation)).Should().BeFalse();
    }

    [Theory]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(35)]
    [InlineData(36)]
    [InlineData(37)]
    [InlineData(38)]
    public async Task Every_version_of_the_protocol_is_spoken(int minor)
    {
        await using var daemon = await RunningDaemon.StartAsync(nix, NixVersion.Current);
        using var older = new OlderProtocol(daemon.Socket, minor);
        await using var connection = await DaemonConnection.OpenAsync(
            new DaemonAddress(older.Path, null),
            Cancellation
        );

        var added = await AddAsync(connection, Tree($"v{minor}"), $"v{minor}");

        connection.Minor.Should().Be(minor);
        connection.NixVersion.Should().Be(minor >= 33 ? connection.NixVersion : "");
        (await connection.QueryPathInfoAsync(added.Path, Cancellation)).Should().Be(added);
        var import = await connection.BeginAddAsync("wrong", Cancellation);
        import.Write(Encoding.ASCII.GetBytes("no archive"));
        await import.Awaiting(import => import.FinishAsync(Cancellation)).Should().ThrowAsync<DaemonError>();
        (await connection.IsValidPathAsync(added.Path, Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task A_daemon_that_is_too_old_is_not_used()
    {
        await using var daemon = await RunningDaemon.StartAsync(nix, NixVersion.Current);
        using var older = new OlderProtocol(daemon.Socket, 24);

        var failure = await RefusalAsync(new DaemonAddress(older.Path, null));

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Message.Should().Contain("1.24");
    }

    [Fact]
    public async Task Whoever_is_no_daemon_is_told_of()
    {
        (await RefusalAsync(new DaemonAddress(Path.Combine(_folder, "nobody"), null)))
            .Message.Should()
            .Contain("nobody");
        (await RefusalAsync(new DaemonAddress(null, Path.Combine(_folder, "nothing"))))
            .Message.Should()
            .Contain("nothing");
        (await RefusalAsync(new DaemonAddress(null, "/bin/true"))).Message.Should().Contain("hung up");
        (await RefusalAsync(new DaemonAddress(null, "/bin/echo")))
            .Message.Should()
            .MatchRegex("hung up|unknown protocol");
        (await RefusalAsync(new DaemonAddress(new string('x', 200), null))).Code.Should().Be(ExitCode.LocalIO);
    }

    [Fact]
    public async Task Why_a_child_ended_is_told()
    {
        var script = Path.Combine(_folder, "nix-daemon");
        Executable.WriteScript(script, "#!/bin/sh\necho 'error: no store for you' >&2\n");

        (await RefusalAsync(new DaemonAddress(null, script))).Message.Should().Contain("no store for you");
    }

    [Fact]
    public async Task Noise_from_a_socket_is_no_protocol()
    {
        var path = Path.Combine(_folder, "noise");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var noise = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptAsync(Cancellation);
                await client.ReceiveAsync(new byte[16]);
                await client.SendAsync(RandomNumberGenerator.GetBytes(1000));
            },
            Cancellation
        );

        (await RefusalAsync(new DaemonAddress(path, null))).Message.Should().Contain("unknown protocol");
        await noise;
    }

    private static async Task<Failure> RefusalAsync(DaemonAddress address) =>
        (
            await FluentActions
                .Awaiting(() => DaemonConnection.OpenAsync(address, Cancellation))
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

    private static async Task<StorePathInfo> AddAsync(DaemonConnection connection, string tree, string name)
    {
        var import = await connection.BeginAddAsync(name, Cancellation);
        await NarTree.WriteAsync(tree, new NarWriter(import.Write), Cancellation);
        return await import.FinishAsync(Cancellation);
    }

    private string Tree(string text)
    {
        var tree = Directory.CreateDirectory(Path.Combine(_folder, text)).FullName;
        File.WriteAllText(Path.Combine(tree, "config.json"), text);
        File.WriteAllBytes(
            Path.Combine(Directory.CreateDirectory(Path.Combine(tree, "sub")).FullName, "model.bin"),
            RandomNumberGenerator.GetBytes(1_000_000)
        );
        return tree;
    }
}
