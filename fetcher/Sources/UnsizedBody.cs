using NixAiModels.Snapshots;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>Reads a file to its end in one response, where the server does not say how long it is, or which version of
/// it a range is of: the length is known then, and the bytes are verified like those of any other file.</summary>
/// <param name="transfer">How bytes are moved.</param>
/// <param name="warn">Told of what is retried.</param>
internal sealed class UnsizedBody(TransferOptions transfer, Action<string> warn)
{
    private const int BufferSize = 512 << 10;
    private const long SpaceStep = 256 << 20;

    /// <summary>How many bytes are read at most: a body need not end.</summary>
    public long Limit { get; init; } = 100_000_000_000;

    /// <summary>Writes the file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="path">Its path in the model, for messages.</param>
    /// <param name="destination">Where it is written.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="Failure">The connection broke as often as is tried (exit code 5), or the file is longer than
    /// the limit (6), or than the disk has space for (7).</exception>
    public async Task<long> SaveAsync(
        IRemoteFile source,
        string path,
        string destination,
        CancellationToken cancellation
    )
    {
        using var step = Heartbeat.Step($"downloading {Printable.Escape(path)} in one piece");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(source, path, destination, cancellation);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && IsOfTheNetwork(exception))
            {
                if (attempt == transfer.TriesWithoutProgress)
                {
                    throw new Failure(
                        ExitCode.Network,
                        $"{Printable.Escape(path)}: {exception.Message.TrimEnd('.')}, {attempt} times in a row: "
                            + source.DisplayUrl,
                        "check the network, then run the same command again",
                        exception
                    );
                }

                warn($"{path}: {exception.Message.TrimEnd('.')}; downloading it again");
                await Task.Delay(transfer.FirstDelay * attempt, cancellation);
            }
        }
    }

    private static bool IsOfTheNetwork(Exception exception) =>
        exception
            is HttpRequestException
                or TransferFault
                or OperationCanceledException
                or InvalidDataException
                or HttpIOException
        || exception is IOException && !LocalFailure.Matches(exception);

    private async Task<long> ReadAsync(
        IRemoteFile source,
        string path,
        string destination,
        CancellationToken cancellation
    )
    {
        using var response = await source.GetAsync(null, cancellation);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var body = await ResponseBody.DecodeAsync(response, stall.Token);
        await using var file = new FileStream(destination, FileMode.Create, FileAccess.Write);
        var bandwidth = new Bandwidth(transfer.BandwidthLimit);
        var buffer = new byte[BufferSize];
        var (written, checkedAt) = (0L, -SpaceStep);
        while (true)
        {
            if (written - checkedAt >= SpaceStep)
            {
                FreeSpace.Require((Path.GetDirectoryName(destination)!, 2 * SpaceStep));
                checkedAt = written;
            }

            stall.CancelAfter(transfer.StallTimeout);
            var count = await body.ReadAsync(buffer, stall.Token);
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            if (count == 0)
                return written;
            written += count;
            if (written > Limit)
            {
                throw new Failure(
                    ExitCode.Integrity,
                    $"{Printable.Escape(path)}: more than {Amounts.Size(Limit)} from a server that does not say how "
                        + $"long the file is: {source.DisplayUrl}",
                    "size = 4683073184;   # bytes, in the definition, if it is that long"
                );
            }

            await bandwidth.PayAsync(count, stall.Token);
            await file.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }
}
