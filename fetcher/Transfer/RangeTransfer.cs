using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>Downloads one range: requests it, checks it, writes it, and resumes it where it broke.</summary>
internal sealed class RangeTransfer(TransferOptions options, Bandwidth bandwidth, TransferProgress progress)
{
    private const int BufferSize = 512 << 10;

    // After so many ignored ranges in a row a server is taken for one that serves none.
    private const int IgnoredUntilWhole = 3;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private long _responses;
    private long _latency;

    /// <summary>How many requests have been answered.</summary>
    public long Responses => Interlocked.Read(ref _responses);

    /// <summary>The moving average of the time to the first byte.</summary>
    public TimeSpan Latency => TimeSpan.FromTicks(Interlocked.Read(ref _latency));

    /// <summary>Downloads a range, with as many requests as that takes.</summary>
    /// <param name="hole">The file and the range.</param>
    /// <param name="hash">Receives every byte in order, where the range is the whole file; else
    /// <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="Failure">The file is not accessible, or as many attempts as the options allow received no
    /// byte.</exception>
    public async Task RunAsync(RangeQueue.Hole hole, IncrementalHash? hash, CancellationToken cancellation)
    {
        var (file, range, generation) = hole;
        var cursor = new RangeCursor(range, generation, hash);
        var failures = 0;
        try
        {
            await file.Content.Sink.ReserveAsync(range.End, cancellation);
            while (!cursor.IsStale && !file.Has(cursor.Rest))
            {
                var before = cursor.Written;
                try
                {
                    await RequestAsync(file, cursor, cancellation);
                }
                catch (Exception exception) when (IsTransient(exception, cancellation))
                {
                    failures = cursor.Written > before ? 0 : failures + 1;
                    if (failures >= options.TriesWithoutProgress)
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
            file.Record(new ByteRange(range.Offset, cursor.Position - range.Offset), generation);
        }
    }

    private async Task RequestAsync(FileDownload file, RangeCursor cursor, CancellationToken cancellation)
    {
        var content = file.Content;
        var wholeFile = cursor.Position == 0 && cursor.Range.End == content.Size;
        if (Volatile.Read(ref file.IgnoredRanges) >= IgnoredUntilWhole && !wholeFile)
        {
            await FetchWholeAsync(file, cursor, cancellation);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        using var response = await GetAsync(
            content,
            wholeFile ? null : new RangeHeaderValue(cursor.Position, cursor.Range.End - 1),
            cancellation
        );
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            ResponseBody.CheckContentRange(content, cursor, response.Content.Headers);
            Volatile.Write(ref file.IgnoredRanges, 0);
            var before = cursor.Written;
            await ReadBodyAsync(file, cursor, response, 0, stall);
            content.Source.Measured(response, cursor.Written - before, Stopwatch.GetElapsedTime(started));
            return;
        }

        ResponseBody.CheckLength(content, response);
        if (wholeFile)
        {
            await ReadBodyAsync(file, cursor, response, 0, stall);
            return;
        }

        Interlocked.Increment(ref file.IgnoredRanges);
        throw new TransferFault("the server ignored the range and sent the whole file");
    }

    private async Task<HttpResponseMessage> GetAsync(
        RemoteContent content,
        RangeHeaderValue? range,
        CancellationToken cancellation
    )
    {
        var started = Stopwatch.GetTimestamp();
        var response = await content.Source.GetAsync(range, cancellation);
        var latency = Stopwatch.GetElapsedTime(started).Ticks;
        var average = Interlocked.Read(ref _latency);
        Interlocked.Exchange(ref _latency, average == 0 ? latency : ((average * 3) + latency) / 4);
        Interlocked.Increment(ref _responses);
        return response;
    }

    /// <summary>The last resort, for a server that does not serve ranges: one request at a time, which skips what has
    /// arrived and reads to the end of the file, so that the other ranges have nothing left to do.</summary>
    private async Task FetchWholeAsync(FileDownload file, RangeCursor cursor, CancellationToken cancellation)
    {
        await file.WholeFileGate.WaitAsync(cancellation);
        try
        {
            if (file.Has(cursor.Rest))
                return;
            using var response = await GetAsync(file.Content, null, cancellation);
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            ResponseBody.CheckLength(file.Content, response);
            var start = file.Prefix;
            var rest = new RangeCursor(new ByteRange(start, file.Content.Size - start), cursor.Generation, null);
            try
            {
                await ReadBodyAsync(file, rest, response, start, stall);
            }
            finally
            {
                file.Record(new ByteRange(start, rest.Written), cursor.Generation);
                cursor.Written += rest.Written;
                cursor.IsStale = rest.IsStale;
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
            while (cursor.Position + filled < cursor.Range.End && !cursor.IsStale)
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
                var received = body is IMeteredStream metered ? metered.TakeReceived() : count;
                progress.AddReceived(received);
                stall.CancelAfter(Timeout.InfiniteTimeSpan); // waiting for the limit is not a stall of the server
                await bandwidth.PayAsync(received, stall.Token);
                if (skip > 0)
                {
                    skip -= count;
                    continue;
                }

                filled += count;
                if (filled == buffer.Length && cursor.Position + filled < cursor.Range.End)
                    await FlushAsync();
            }

            // Reading to the end also returns the connection to the pool.
            stall.CancelAfter(options.StallTimeout);
            if (!cursor.IsStale && await body.ReadAsync(end, stall.Token) > 0)
            {
                filled = 0;
                throw ResponseBody.Wrong(file.Content, "the server sent too many bytes", ExitCode.Integrity);
            }
        }
        finally
        {
            await FlushAsync(); // keep what arrived before a break
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

        async ValueTask FlushAsync()
        {
            if (filled == 0)
                return;
            var bytes = buffer.AsMemory(0, filled);
            filled = 0;
            if (!await file.WriteAsync(bytes, cursor.Position, cursor.Generation, CancellationToken.None))
            {
                cursor.IsStale = true;
                return;
            }

            cursor.Hash?.AppendData(bytes.Span);
            cursor.Position += bytes.Length;
            cursor.Written += bytes.Length;
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
            $"{file.Content.Path}: {Describe(exception)}, {options.TriesWithoutProgress} times in a row: "
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
