namespace NixAiModels.Store.Daemon;

/// <summary>A client of Nix' worker protocol, versions 1.25 (Nix 2.4) to 1.38 (2.34): one operation after the other.
/// Not thread-safe.</summary>
/// <remarks>What was added or asked to be kept over a connection is not collected as garbage while the connection is
/// open.</remarks>
public sealed class DaemonConnection : IAsyncDisposable
{
    private readonly DaemonChannel _channel;
    private readonly WireReader _reader;
    private bool _isInStep = true;
    private DaemonImport? _import;

    private DaemonConnection(DaemonChannel channel)
    {
        _channel = channel;
        _reader = new WireReader(channel.Input);
    }

    /// <summary>The minor version of the protocol (1.x) that both sides speak.</summary>
    public int Minor { get; private set; }

    /// <summary>The daemon's own version, such as "2.34.8"; empty if it is too old to say.</summary>
    public string NixVersion { get; private set; } = "";

    /// <summary>Connects and agrees on a version.</summary>
    /// <param name="address">Where the daemon is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: there is no daemon, it does not let us in, or it is too old.</exception>
    public static async Task<DaemonConnection> OpenAsync(DaemonAddress address, CancellationToken cancellation)
    {
        var connection = new DaemonConnection(await DaemonChannel.OpenAsync(address, cancellation));
        try
        {
            await connection.RequestAsync(connection.ShakeHandsAsync, cancellation);
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
    public Task<bool> IsValidPathAsync(string path, CancellationToken cancellation) =>
        RequestAsync(
            async token =>
            {
                await SendAsync(
                    new WireWriter().WriteUInt64((ulong)DaemonProtocol.Operation.IsValidPath).WriteString(path),
                    token
                );
                await DaemonMessages.ReadToEndAsync(_reader, Minor, token);
                return await _reader.ReadBoolAsync(token);
            },
            cancellation
        );

    /// <summary>The store's record of a path.</summary>
    /// <param name="path">A store path.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see langword="null"/> if it is not there.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task<StorePathInfo?> QueryPathInfoAsync(string path, CancellationToken cancellation) =>
        RequestAsync(
            async token =>
            {
                await SendAsync(
                    new WireWriter().WriteUInt64((ulong)DaemonProtocol.Operation.QueryPathInfo).WriteString(path),
                    token
                );
                await DaemonMessages.ReadToEndAsync(_reader, Minor, token);
                return await _reader.ReadBoolAsync(token) ? await StorePathInfo.ReadAsync(path, _reader, token) : null;
            },
            cancellation
        );

    /// <summary>Keeps a path from being collected while the connection is open.</summary>
    /// <param name="path">A store path; it may be one that is not there yet.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task AddTempRootAsync(string path, CancellationToken cancellation) =>
        RequestAsync(
            async token =>
            {
                await SendAsync(
                    new WireWriter().WriteUInt64((ulong)DaemonProtocol.Operation.AddTempRoot).WriteString(path),
                    token
                );
                await DaemonMessages.ReadToEndAsync(_reader, Minor, token);
                return await _reader.ReadUInt64Async(token);
            },
            cancellation
        );

    /// <summary>Begins to add the output of a fixed-output derivation with <c>outputHashMode = "recursive"</c>. Until
    /// the import is finished, the connection serves nothing else; hanging up aborts it.</summary>
    /// <param name="name">The name that it will have in the store.</param>
    /// <param name="cancellation">Ends the import.</param>
    /// <exception cref="Failure">Exit code 7: the daemon hung up.</exception>
    public async Task<DaemonImport> BeginAddAsync(string name, CancellationToken cancellation)
    {
        await RequestAsync(
            async token =>
            {
                await SendAsync(
                    new WireWriter()
                        .WriteUInt64((ulong)DaemonProtocol.Operation.AddToStore)
                        .WriteString(name)
                        .WriteString("fixed:r:sha256")
                        .WriteStrings([])
                        .WriteBool(false), // no references, no repair
                    token
                );
                return true;
            },
            cancellation
        );
        var answer = RequestAsync(
            async token =>
            {
                await DaemonMessages.ReadToEndAsync(_reader, Minor, token);
                return await StorePathInfo.ReadAsync(await _reader.ReadStringAsync(token), _reader, token);
            },
            cancellation
        );
        return _import = new DaemonImport(_channel.Output, answer);
    }

    /// <summary>Hangs up; an import that is not finished leaves nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_import is not null)
            await _import.AbortAsync();
        await _channel.DisposeAsync();
    }

    private async Task<bool> ShakeHandsAsync(CancellationToken cancellation)
    {
        const int features = 38,
            nixVersion = 33,
            trust = 35;
        await SendAsync(
            new WireWriter().WriteUInt64(DaemonProtocol.ClientHello).WriteUInt64(DaemonProtocol.Newest),
            cancellation
        );
        if (await _reader.ReadUInt64Async(cancellation) != DaemonProtocol.ServerHello)
            throw new InvalidDataException("no greeting");
        var version = await _reader.ReadUInt64Async(cancellation);
        Minor = DaemonProtocol.Minor(Math.Min(version, DaemonProtocol.Newest));
        if (
            DaemonProtocol.Major(version) != DaemonProtocol.Major(DaemonProtocol.Newest)
            || Minor < DaemonProtocol.OldestMinor
        )
        {
            throw new InvalidDataException(
                $"it speaks version {DaemonProtocol.Major(version)}.{DaemonProtocol.Minor(version)}"
            );
        }

        if (Minor >= features)
        {
            await SendAsync(new WireWriter().WriteStrings([]), cancellation);
            await _reader.ReadStringsAsync(cancellation);
        }

        // Obsolete: processor affinity, space to reserve.
        await SendAsync(new WireWriter().WriteBool(false).WriteBool(false), cancellation);
        if (Minor >= nixVersion)
            NixVersion = await _reader.ReadStringAsync(cancellation);
        if (Minor >= trust)
            await _reader.ReadUInt64Async(cancellation);
        await DaemonMessages.ReadToEndAsync(_reader, Minor, cancellation);
        return true;
    }

    private async Task SendAsync(WireWriter request, CancellationToken cancellation)
    {
        await _channel.Output.WriteAsync(request.Bytes, cancellation);
        await _channel.Output.FlushAsync(cancellation);
    }

    /// <summary>Runs one exchange. One that was aborted leaves the connection unusable: the next bytes could mean
    /// anything.</summary>
    private async Task<T> RequestAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        if (!_isInStep)
            throw new InvalidOperationException("the connection to the Nix daemon is out of step");
        _isInStep = false;
        try
        {
            var answer = await exchange(cancellation);
            _isInStep = true;
            return answer;
        }
        catch (DaemonError)
        {
            _isInStep = true;
            throw;
        }
        catch (InvalidDataException exception)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"unknown protocol of the Nix daemon: {_channel.Address}: {exception.Message}",
                cause: exception
            );
        }
        catch (IOException exception)
        {
            await Task.Delay(100, cancellation); // a child's standard error is on its way
            var why = _channel.Complaints is { Length: > 0 } said ? Printable.Escape(said, 500) : exception.Message;
            throw new Failure(
                ExitCode.LocalIO,
                $"the Nix daemon hung up: {_channel.Address}: {why}",
                "nix-store --add /etc/hostname   # tests whether Nix itself can reach it",
                exception
            );
        }
    }
}
