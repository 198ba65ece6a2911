using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>The life of one range: asked for, checked, written in its place, asked for again from where it
/// broke.</summary>
internal sealed class RangeTransfer(TransferOptions options, Bandwidth bandwidth, TransferProgress progress)
{
    private const int BufferSize = 256 << 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Fetches a range, whatever number of requests that takes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="range">The range.</param>
    /// <param name="hash">Appended every byte in order, where the range is the whole file; else
    /// <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="Failure">The server's answer is final, or no new byte came in as many tries as the options
    /// allow.</exception>
    public async Task RunAsync(
        FileDownload file,
        ByteRange range,
        IncrementalHash? hash,
        CancellationToken cancellation
    )
    {
        var cursor = new Cursor(range, hash);
        var fruitless = 0;
        try
        {
            await file.Content.Sink.ReserveAsync(range.End, cancellation);
            while (
                cursor.Position < range.End && !file.Has(new ByteRange(cursor.Position, range.End - cursor.Position))
            )
            {
                var before = cursor.Taken;
                try
                {
                    await RequestAsync(file, cursor, cancellation);
                }
                catch (Exception exception) when (IsPassing(exception, cancellation))
                {
                    fruitless = cursor.Taken > before ? 0 : fruitless + 1;
                    if (fruitless >= Tries(exception))
                        throw GiveUp(file, exception);
                    progress.Warn?.Invoke(
                        $"{file.Content.Path}: {Reason(exception)}; going on from byte {cursor.Position}"
                    );
                    await Task.Delay(Pause(fruitless), cancellation);
                }
            }
        }
        finally
        {
            file.Record(new ByteRange(range.Offset, cursor.Position - range.Offset));
        }
    }

    private async Task RequestAsync(FileDownload file, Cursor cursor, CancellationToken cancellation)
    {
        var content = file.Content;
        var wholeFile = cursor.Position == 0 && cursor.Range.End == content.Size;
        if (file.RangesIgnored > 1 && !wholeFile)
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
            CheckContentRange(content, cursor, response.Content.Headers);
            if (response.Content.Headers.ContentEncoding.Count > 0)
                throw new TransferFault("the server compressed a range");
            await ReadBodyAsync(file, cursor, response, 0, stall);
        }
        else if (wholeFile)
        {
            CheckLength(content, response);
            await ReadBodyAsync(file, cursor, response, 0, stall);
        }
        else
        {
            Interlocked.Increment(ref file.RangesIgnored);
            throw new TransferFault("the server ignored the range and sent the whole file");
        }
    }

    /// <summary>For a server that serves no ranges: one request at a time, its body skipped as far as the file is there
    /// already and then taken to the end of the file, so that the file's other ranges find themselves done.</summary>
    private async Task FetchWholeAsync(FileDownload file, Cursor cursor, CancellationToken cancellation)
    {
        await file.WholeFileTurn.WaitAsync(cancellation);
        try
        {
            if (file.Has(new ByteRange(cursor.Position, cursor.Range.End - cursor.Position)))
                return;
            using var response = await file.Content.Source.GetAsync(null, cancellation);
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            CheckLength(file.Content, response);
            var start = file.Prefix;
            var toTheEnd = new Cursor(new ByteRange(start, file.Content.Size - start), null);
            try
            {
                await ReadBodyAsync(file, toTheEnd, response, start, stall);
            }
            finally
            {
                file.Record(new ByteRange(start, toTheEnd.Taken));
                cursor.Taken += toTheEnd.Taken;
            }
        }
        finally
        {
            file.WholeFileTurn.Release();
        }
    }

    private async Task ReadBodyAsync(
        FileDownload file,
        Cursor cursor,
        HttpResponseMessage response,
        long skip,
        CancellationTokenSource stall
    )
    {
        await using var body = await DecodeAsync(response, stall.Token);
        var encoded = response.Content.Headers.ContentEncoding.Count > 0;
        if (encoded)
            skip = cursor.Position; // a compressed body always starts at the first byte
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var end = new byte[1];
        var filled = 0;
        try
        {
            while (cursor.Position + filled < cursor.Range.End)
            {
                await MakeRoomAsync();
                stall.CancelAfter(options.StallTimeout);
                var room =
                    skip > 0
                        ? (int)Math.Min(skip, buffer.Length)
                        : (int)Math.Min(buffer.Length - filled, cursor.Range.End - cursor.Position - filled);
                var count = await body.ReadAsync(buffer.AsMemory(filled, room), stall.Token);
                if (count == 0)
                    throw new TransferFault("the connection ended too early");
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

            // Reading to the end also gives the connection back to the pool.
            if (await body.ReadAsync(end, stall.Token) > 0)
            {
                filled = 0;
                throw new TransferFault("the server sent more bytes than there are", ExitCode.Integrity);
            }
        }
        finally
        {
            Flush(); // what has arrived before a break counts
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Only a body that goes on beyond its range ever waits here; meanwhile the server is not to blame for the
        // silence.
        async ValueTask MakeRoomAsync()
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
            cursor.Taken += filled;
            filled = 0;
        }
    }

    private static async Task<Stream> DecodeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var raw = await response.Content.ReadAsStreamAsync(cancellation);
        return response.Content.Headers.ContentEncoding.LastOrDefault() switch
        {
            null or "identity" => raw,
            "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress),
            "deflate" => new ZLibStream(raw, CompressionMode.Decompress),
            "br" => new BrotliStream(raw, CompressionMode.Decompress),
            var other => throw new TransferFault($"the server used the encoding '{other}'"),
        };
    }

    private static void CheckContentRange(RemoteContent content, Cursor cursor, HttpContentHeaders headers)
    {
        var sent = headers.ContentRange;
        if (sent is not { HasRange: true } || sent.From != cursor.Position || sent.To != cursor.Range.End - 1)
        {
            throw new TransferFault(
                $"the server sent the range '{sent}' in place of bytes {cursor.Position}-{cursor.Range.End - 1}"
            );
        }

        if (headers.ContentLength is { } length && length != cursor.Range.End - cursor.Position)
        {
            throw new TransferFault(
                $"the server sends {length} bytes for a range of {cursor.Range.End - cursor.Position}"
            );
        }

        if (sent.Length is { } total && total != content.Size)
            throw WrongSize(content, total);
    }

    private static void CheckLength(RemoteContent content, HttpResponseMessage response)
    {
        if (
            response.Content.Headers is { ContentEncoding.Count: 0, ContentLength: { } length }
            && length != content.Size
        )
        {
            throw WrongSize(content, length);
        }
    }

    private static TransferFault WrongSize(RemoteContent content, long got) =>
        new(
            $"the server sends {got} bytes, the hub lists {content.Size} ({content.Digest.Name} {content.Digest.Hex})",
            ExitCode.Integrity
        );

    private static bool IsPassing(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception
            is TransferFault
                or HttpRequestException
                or IOException
                or OperationCanceledException
                or InvalidDataException;

    // A server that insists on another size is asked once more, like one whose bytes are wrong.
    private int Tries(Exception exception) =>
        exception is TransferFault { Code: ExitCode.Integrity } ? 2 : options.TriesWithoutProgress;

    private string Reason(Exception exception) =>
        exception switch
        {
            TransferFault fault => fault.Message,
            OperationCanceledException => $"no byte came for {options.StallTimeout.TotalSeconds:0} s",
            InvalidDataException => "the compressed body is damaged",
            _ => exception.InnerException is { } inner
                ? $"{exception.Message.TrimEnd('.')}: {inner.Message.TrimEnd('.')}"
                : exception.Message.TrimEnd('.'),
        };

    private Failure GiveUp(FileDownload file, Exception exception) =>
        new(
            exception is TransferFault fault ? fault.Code : ExitCode.Network,
            $"{file.Content.Path}: {Reason(exception)}, {Tries(exception)} times in a row ({file.Content.Source.DisplayUrl})",
            "check the network and run the same command again",
            exception
        );

    private TimeSpan Pause(int fruitless)
    {
        if (fruitless == 0)
            return TimeSpan.Zero;
        var longest = Math.Min(LongestPause.TotalSeconds, options.FirstPause.TotalSeconds * Math.Pow(2, fruitless - 1));
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>Where in its range a transfer is.</summary>
    private sealed class Cursor(ByteRange range, IncrementalHash? hash)
    {
        public ByteRange Range => range;

        public IncrementalHash? Hash => hash;

        public long Position { get; set; } = range.Offset;

        /// <summary>How many bytes have been written on this range's behalf: progress, wherever in the file it
        /// was.</summary>
        public long Taken { get; set; }
    }
}
