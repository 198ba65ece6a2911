namespace NixAiModels.Store.Daemon;

/// <summary>A client of Nix' worker protocol, versions 1.25 (Nix 2.4) to 1.38 (2.34): one operation after the other. Not thread-safe.</summary>
/// <remarks>What was added or asked to be kept over a connection is not collected as garbage while the connection is open.</remarks>
public sealed class DaemonConnection : IAsyncDisposable
{
    private readonly DaemonChannel channel;
    private readonly WireReader reader;
    private bool isInStep = true;
    private DaemonImport? import;

    private DaemonConnection(DaemonChannel channel)
    {
        this.channel = channel;
        reader = new WireReader(channel.Input);
    }

    /// <summary>The minor version of the protocol (1.x) that both sides speak.</summary>
    public int Minor { get; private set; }

    /// <summary>The daemon's own version, such as "2.34.8"; empty if it is too old to say.</summary>
    public string NixVersion { get; private set; } = "";

    /// <summary>Connects and agrees on a version.</summary>
    /// <param name="address">Where the daemon is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: there is no daemon, it does not let us in, or it is too old.</exception>
    public static async Task<DaemonConnection> Open(DaemonAddress address, CancellationToken cancellation)
    {
        var connection = new DaemonConnection(await DaemonChannel.Open(address, cancellation));
        try
        {
            await connection.Ask(connection.ShakeHands, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a path is in the store, complete.</summary>
    /// <param name="path">A store path.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task<bool> IsValidPath(string path, CancellationToken cancellation) => Ask(
        async token =>
        {
            await Send(new WireWriter().Number((ulong)DaemonProtocol.Operation.IsValidPath).Text(path), token);
            await DaemonMessages.ReadToEnd(reader, Minor, token);
            return await reader.Flag(token);
        },
        cancellation);

    /// <summary>What the store knows of a path.</summary>
    /// <param name="path">A store path.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see langword="null"/> if it is not there.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task<StorePathInfo?> QueryPathInfo(string path, CancellationToken cancellation) => Ask(
        async token =>
        {
            await Send(new WireWriter().Number((ulong)DaemonProtocol.Operation.QueryPathInfo).Text(path), token);
            await DaemonMessages.ReadToEnd(reader, Minor, token);
            return await reader.Flag(token) ? await StorePathInfo.Read(path, reader, token) : null;
        },
        cancellation);

    /// <summary>Keeps a path from being collected while the connection is open.</summary>
    /// <param name="path">A store path; it may be one that is not there yet.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task AddTempRoot(string path, CancellationToken cancellation) => Ask(
        async token =>
        {
            await Send(new WireWriter().Number((ulong)DaemonProtocol.Operation.AddTempRoot).Text(path), token);
            await DaemonMessages.ReadToEnd(reader, Minor, token);
            return await reader.Number(token);
        },
        cancellation);

    /// <summary>Begins to add what a fixed-output derivation with <c>outputHashMode = "recursive"</c> would make. Until it is finished the
    /// connection does nothing else; hanging up breaks it off.</summary>
    /// <param name="name">The name that it will have in the store.</param>
    /// <param name="cancellation">Ends the import.</param>
    /// <exception cref="Failure">Exit code 7: the daemon hung up.</exception>
    public async Task<DaemonImport> BeginAdd(string name, CancellationToken cancellation)
    {
        await Ask(
            async token =>
            {
                await Send(
                    new WireWriter().Number((ulong)DaemonProtocol.Operation.AddToStore).Text(name)
                        .Text("fixed:r:sha256").Texts([]).Flag(false),  // no references, no repair
                    token);
                return true;
            },
            cancellation);
        var answer = Ask(
            async token =>
            {
                await DaemonMessages.ReadToEnd(reader, Minor, token);
                return await StorePathInfo.Read(await reader.Text(token), reader, token);
            },
            cancellation);
        return import = new DaemonImport(channel.Output, answer);
    }

    /// <summary>Hangs up; an import that is not finished leaves nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (import is not null) await import.BreakOff();
        await channel.DisposeAsync();
    }

    private async Task<bool> ShakeHands(CancellationToken cancellation)
    {
        const int features = 38, nixVersion = 33, trust = 35;
        await Send(new WireWriter().Number(DaemonProtocol.ClientHello).Number(DaemonProtocol.Newest), cancellation);
        if (await reader.Number(cancellation) != DaemonProtocol.ServerHello) throw new InvalidDataException("no greeting");
        var version = await reader.Number(cancellation);
        Minor = DaemonProtocol.Minor(Math.Min(version, DaemonProtocol.Newest));
        if (DaemonProtocol.Major(version) != DaemonProtocol.Major(DaemonProtocol.Newest) || Minor < DaemonProtocol.OldestMinor)
        {
            throw new InvalidDataException($"it speaks version {DaemonProtocol.Major(version)}.{DaemonProtocol.Minor(version)}");
        }

        if (Minor >= features)
        {
            await Send(new WireWriter().Texts([]), cancellation);
            await reader.Texts(cancellation);
        }

        // Obsolete: processor affinity, space to reserve.
        await Send(new WireWriter().Flag(false).Flag(false), cancellation);
        if (Minor >= nixVersion) NixVersion = await reader.Text(cancellation);
        if (Minor >= trust) await reader.Number(cancellation);
        await DaemonMessages.ReadToEnd(reader, Minor, cancellation);
        return true;
    }

    private async Task Send(WireWriter request, CancellationToken cancellation)
    {
        await channel.Output.WriteAsync(request.Bytes, cancellation);
        await channel.Output.FlushAsync(cancellation);
    }

    /// <summary>Runs one exchange; after one that broke off nobody knows what the next bytes mean.</summary>
    private async Task<T> Ask<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        if (!isInStep) throw new InvalidOperationException("the connection to the Nix daemon is of no use any more");
        isInStep = false;
        try
        {
            var answer = await exchange(cancellation);
            isInStep = true;
            return answer;
        }
        catch (DaemonError)
        {
            isInStep = true;
            throw;
        }
        catch (InvalidDataException exception)
        {
            throw new Failure(ExitCode.LocalIO, $"the Nix daemon at {channel.Address} does not speak a protocol that we know: {exception.Message}", cause: exception);
        }
        catch (IOException exception)
        {
            await Task.Delay(100, cancellation);  // a child's last words are on their way
            throw new Failure(ExitCode.LocalIO,
                $"the Nix daemon at {channel.Address} hung up: {(channel.Complaints is { Length: > 0 } why ? Printable.Escape(why, 500) : exception.Message)}",
                "nix-store --add /etc/hostname   # does Nix itself get through?", exception);
        }
    }
}
