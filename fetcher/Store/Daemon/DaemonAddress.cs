namespace NixAiModels.Store.Daemon;

/// <summary>The daemon that this user's Nix would use: a socket, or <c>nix-daemon --stdio</c> as a child
/// process.</summary>
/// <remarks>The child reads Nix' own settings and opens the store that they name; if that is a daemon's, it forwards
/// the bytes. So it serves wherever <c>nix-store</c> works, even for root without a daemon. The socket is for a
/// NIX_REMOTE that names it, and for a machine without the program.</remarks>
/// <param name="Socket">The path of a socket, or <see langword="null"/>.</param>
/// <param name="Program">The path of <c>nix-daemon</c>, or <see langword="null"/>.</param>
public sealed record DaemonAddress(string? Socket, string? Program)
{
    private const string UnixScheme = "unix://";

    /// <summary>Finds the daemon.</summary>
    /// <param name="environment">Reads a variable: NIX_REMOTE, NIX_DAEMON_SOCKET_PATH, NIX_STATE_DIR, PATH.</param>
    /// <returns>The address, or <see langword="null"/> if there is none.</returns>
    public static DaemonAddress? Find(Func<string, string?> environment)
    {
        var remote = environment("NIX_REMOTE") is { Length: > 0 } set ? set : "auto";
        if (remote == "daemon")
            return new DaemonAddress(DefaultSocket(environment), null);
        if (remote.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            var path = remote[UnixScheme.Length..].Split('?')[0];
            return new DaemonAddress(path.Length > 0 ? path : DefaultSocket(environment), null);
        }

        // The one next to nix-store: another installation's might not understand this store.
        if (
            NixCommand.Find("nix-store") is { } store
            && Path.Combine(Path.GetDirectoryName(store)!, "nix-daemon") is var program
            && File.Exists(program)
        )
        {
            return new DaemonAddress(null, program);
        }

        return remote == "auto" && File.Exists(DefaultSocket(environment))
            ? new DaemonAddress(DefaultSocket(environment), null)
            : null;
    }

    /// <summary>The address for people.</summary>
    public override string ToString() => Socket ?? $"{Program} --stdio";

    private static string DefaultSocket(Func<string, string?> environment) =>
        environment("NIX_DAEMON_SOCKET_PATH") is { Length: > 0 } socket
            ? socket
            : Path.Combine(
                environment("NIX_STATE_DIR") is { Length: > 0 } state ? state : "/nix/var/nix",
                "daemon-socket",
                "socket"
            );
}
