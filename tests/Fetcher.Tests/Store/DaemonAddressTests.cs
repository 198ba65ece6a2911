using NixAiModels.Store;
using NixAiModels.Store.Daemon;

namespace NixAiModels.Tests.Store;

public sealed class DaemonAddressTests
{
    [Theory]
    [InlineData("daemon", "/nix/var/nix/daemon-socket/socket")]
    [InlineData("unix:///run/other", "/run/other")]
    [InlineData("unix:///run/other?root=/x", "/run/other")]
    [InlineData("unix://", "/nix/var/nix/daemon-socket/socket")]
    public void A_daemon_that_is_named_is_asked_at_its_socket(string remote, string socket)
    {
        Find(("NIX_REMOTE", remote)).Should().Be(new DaemonAddress(socket, null));
    }

    [Fact]
    public void The_sockets_place_follows_Nix_variables()
    {
        Find(("NIX_REMOTE", "daemon"), ("NIX_STATE_DIR", "/state"))!.Socket.Should().Be("/state/daemon-socket/socket");
        Find(("NIX_REMOTE", "daemon"), ("NIX_STATE_DIR", "/state"), ("NIX_DAEMON_SOCKET_PATH", "/s"))!
            .Socket.Should()
            .Be("/s");
    }

    [Theory]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("/a/store")]
    [InlineData("ssh-ng://far")]
    public void Any_other_store_is_left_to_the_program_beside_nix_store(string remote)
    {
        var address = Find(("NIX_REMOTE", remote))!;

        address.Socket.Should().BeNull();
        address.Program.Should().EndWith("/nix-daemon");
    }

    [Fact]
    public void The_stores_folder_is_found_where_it_is_on_this_disk()
    {
        var root = Directory.CreateTempSubdirectory("store-folder-").FullName;
        var store = Directory.CreateDirectory(Path.Combine(root, "nix", "store")).FullName;

        Folder(root).Should().Be(store);
        Folder($"local?root={root}").Should().Be(store);
        Folder("/nowhere").Should().BeNull();

        Directory.Delete(root, recursive: true);

        static string? Folder(string remote) => StoreFolder.Find(name => name == "NIX_REMOTE" ? remote : null);
    }

    private static DaemonAddress? Find(params (string Name, string Value)[] environment) =>
        DaemonAddress.Find(name => environment.FirstOrDefault(variable => variable.Name == name).Value);
}
