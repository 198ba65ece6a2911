namespace NixAiModels.Store.Daemon;

/// <summary>Where the daemon that this user's Nix would use is reached: a socket, or <c>nix-daemon --stdio</c> as a
/// child process.</summary>
/// <remarks>The child reads Nix' own settings and opens whatever store they name; where that is a daemon's it hands the
/// bytes on. So it is right wherever <c>nix-store</c> is, as root without a daemon too. The socket is taken where
/// NIX_REMOTE names it, and where the program is missing.</remarks>
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

        // Beside nix-store: another installation's daemon could find a store that it does not understand.
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
