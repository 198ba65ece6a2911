using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>Downloads one range: requests it, checks it, writes it, and resumes it where it broke.</summary>
internal sealed class RangeTransfer(TransferOptions options, Bandwidth bandwidth, TransferProgress progress)
{
    private const int BufferSize = 256 << 10;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    /// <summary>Downloads a range, with as many requests as that takes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="range">The range.</param>
    /// <param name="hash">Receives every byte in order, where the range is the whole file; else
    /// <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="Failure">The file is not accessible, or as many attempts as the options allow received no
    /// byte.</exception>
    public async Task RunAsync(
        FileDownload file,
        ByteRange range,
        IncrementalHash? hash,
        CancellationToken cancellation
    )
    {
        var cursor = new RangeCursor(range, hash);
        var failures = 0;
        try
        {
            await file.Content.Sink.ReserveAsync(range.End, cancellation);
            while (
                cursor.Position < range.End && !file.Has(new ByteRange(cursor.Position, range.End - cursor.Position))
            )
            {
                var before = cursor.Written;
                try
                {
                    await RequestAsync(file, cursor, cancellation);
                }
                catch (Exception exception) when (IsTransient(exception, cancellation))
                {
                    failures = cursor.Written > before ? 0 : failures + 1;
                    if (failures >= MaxAttempts(exception))
                        throw ToFailure(file, exception);
                    progress.Warn?.Invoke(
                        $"{file.Content.Path}: {Describe(exception)}; resuming at byte {cursor.Position}"
                    );
                    await Task.Delay(DelayAfter(failures), cancellation);
                }
            }
        }
        finally
        {
            file.Record(new ByteRange(range.Offset, cursor.Position - range.Offset));
        }
    }

    private async Task RequestAsync(FileDownload file, RangeCursor cursor, CancellationToken cancellation)
    {
        var content = file.Content;
        var wholeFile = cursor.Position == 0 && cursor.Range.End == content.Size;
        if (file.IgnoredRanges > 1 && !wholeFile)
        {
            await FetchWholeAsync(file, cursor, cancellation);
            return;
        }

        using var response = await content.Source.GetAsync(
            wholeFile ? null : new RangeHeaderValue(cursor.Position, cursor.Range.End - 1),
            cancellation
        );
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            ResponseBody.CheckContentRange(content, cursor, response.Content.Headers);
            if (response.Content.Headers.ContentEncoding.Count > 0)
                throw new TransferFault("compressed range from the server");
            await ReadBodyAsync(file, cursor, response, 0, stall);
        }
        else if (wholeFile)
        {
            ResponseBody.CheckLength(content, response);
            await ReadBodyAsync(file, cursor, response, 0, stall);
        }
        else
        {
            Interlocked.Increment(ref file.IgnoredRanges);
            throw new TransferFault("the server ignored the range and sent the whole file");
        }
    }

    /// <summary>For a server that does not serve ranges: one request at a time, which skips what has arrived and reads
    /// to the end of the file, so that the file's other ranges have nothing left to do.</summary>
    private async Task FetchWholeAsync(FileDownload file, RangeCursor cursor, CancellationToken cancellation)
    {
        await file.WholeFileGate.WaitAsync(cancellation);
        try
        {
            if (file.Has(new ByteRange(cursor.Position, cursor.Range.End - cursor.Position)))
                return;
            using var response = await file.Content.Source.GetAsync(null, cancellation);
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            ResponseBody.CheckLength(file.Content, response);
            var start = file.Prefix;
            var rest = new RangeCursor(new ByteRange(start, file.Content.Size - start), null);
            try
            {
                await ReadBodyAsync(file, rest, response, start, stall);
            }
            finally
            {
                file.Record(new ByteRange(start, rest.Written));
                cursor.Written += rest.Written;
            }
        }
        finally
        {
            file.WholeFileGate.Release();
        }
    }

    private async Task ReadBodyAsync(
        FileDownload file,
        RangeCursor cursor,
        HttpResponseMessage response,
        long skip,
        CancellationTokenSource stall
    )
    {
        await using var body = await ResponseBody.DecodeAsync(response, stall.Token);
        var encoded = response.Content.Headers.ContentEncoding.Count > 0;
        if (encoded)
            skip = cursor.Position; // a compressed body starts at the first byte
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var end = new byte[1];
        var filled = 0;
        try
        {
            while (cursor.Position + filled < cursor.Range.End)
            {
                await ReserveAsync();
                stall.CancelAfter(options.StallTimeout);
                var wanted =
                    skip > 0
                        ? (int)Math.Min(skip, buffer.Length)
                        : (int)Math.Min(buffer.Length - filled, cursor.Range.End - cursor.Position - filled);
                var count = await body.ReadAsync(buffer.AsMemory(filled, wanted), stall.Token);
                if (count == 0)
                    throw new TransferFault("the connection closed early");
                progress.AddReceived(count);
                await bandwidth.PayAsync(count, stall.Token);
                if (skip > 0)
                {
                    skip -= count;
                    continue;
                }

                filled += count;
                if (filled == buffer.Length && cursor.Position + filled < cursor.Range.End)
                    Flush();
            }

            // Reading to the end also returns the connection to the pool.
            if (await body.ReadAsync(end, stall.Token) > 0)
            {
                filled = 0;
                throw new TransferFault("the server sent too many bytes", ExitCode.Integrity);
            }
        }
        finally
        {
            Flush(); // keep what arrived before a break
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Only FetchWholeAsync, which reads beyond its range, waits here; that is not a stall of the server.
        async ValueTask ReserveAsync()
        {
            if (skip > 0 || filled > 0)
                return;
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            await file.Content.Sink.ReserveAsync(
                Math.Min(cursor.Position + buffer.Length, cursor.Range.End),
                stall.Token
            );
        }

        void Flush()
        {
            if (filled == 0)
                return;
            file.Write(buffer.AsSpan(0, filled), cursor.Position);
            cursor.Hash?.AppendData(buffer, 0, filled);
            cursor.Position += filled;
            cursor.Written += filled;
            filled = 0;
        }
    }

    private static bool IsTransient(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception
            is TransferFault
                or HttpRequestException
                or IOException
                or OperationCanceledException
                or InvalidDataException;

    // A wrong size is retried once, like wrong bytes.
    private int MaxAttempts(Exception exception) =>
        exception is TransferFault { Code: ExitCode.Integrity } ? 2 : options.TriesWithoutProgress;

    private string Describe(Exception exception) =>
        exception switch
        {
            TransferFault fault => fault.Message,
            OperationCanceledException => $"no data for {options.StallTimeout.TotalSeconds:0} s",
            InvalidDataException => "the compressed body is corrupt",
            _ => exception.InnerException is { } inner
                ? $"{exception.Message.TrimEnd('.')}: {inner.Message.TrimEnd('.')}"
                : exception.Message.TrimEnd('.'),
        };

    private Failure ToFailure(FileDownload file, Exception exception) =>
        new(
            exception is TransferFault fault ? fault.Code : ExitCode.Network,
            $"{file.Content.Path}: {Describe(exception)}, {MaxAttempts(exception)} times in a row: "
                + file.Content.Source.DisplayUrl,
            "check the network, then run the same command again",
            exception
        );

    private TimeSpan DelayAfter(int failures)
    {
        if (failures == 0)
            return TimeSpan.Zero;
        var longest = Math.Min(MaxDelay.TotalSeconds, options.FirstDelay.TotalSeconds * Math.Pow(2, failures - 1));
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
