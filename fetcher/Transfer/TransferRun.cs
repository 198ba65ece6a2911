using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace NixAiModels.Transfer;

/// <summary>Transfers many files at once, and many ranges of large files, from one queue in the files' order; each file
/// is verified while it arrives.</summary>
public sealed class TransferRun : IDisposable
{
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(5);
    private readonly TransferOptions _options;
    private readonly TransferProgress _progress;
    private readonly RangeTransfer _ranges;
    private readonly RangeQueue _queue;
    private readonly bool _isRead;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unverified;

    /// <summary>Prepares a transfer; nothing is requested or written yet.</summary>
    /// <param name="contents">The files, in the order in which they are wanted.</param>
    /// <param name="options">How bytes are moved.</param>
    /// <param name="progress">Updated all along.</param>
    /// <param name="isRead">Whether somebody reads every file in order by <see cref="ReadAsync"/>, which then verifies
    /// it in the same pass.</param>
    public TransferRun(
        IReadOnlyList<RemoteContent> contents,
        TransferOptions options,
        TransferProgress progress,
        bool isRead
    )
    {
        (_options, _progress, _isRead) = (options, progress, isRead);
        _queue = new RangeQueue(options);
        _ranges = new RangeTransfer(options, new Bandwidth(options.BandwidthLimit), progress);
        Files = [.. contents.Select((content, order) => new FileDownload(content, order, progress))];
        _unverified = Files.Count;
    }

    /// <summary>The files, in the same order.</summary>
    public IReadOnlyList<FileDownload> Files { get; }

    /// <summary>The transfer's progress.</summary>
    public TransferProgress Progress => _progress;

    /// <summary>Transfers everything, while somebody reads it.</summary>
    /// <param name="read">Reads every file in order (<see cref="ReadAsync"/>), or <see langword="null"/> where nobody
    /// does.</param>
    /// <param name="cancellation">Ends the transfer; what has arrived is kept and recorded.</param>
    /// <returns>What the reader returns.</returns>
    /// <exception cref="Failure">The first error; everything else has been stopped by then.</exception>
    public async Task<T?> RunAsync<T>(Func<CancellationToken, Task<T>>? read, CancellationToken cancellation)
        where T : class
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // First, since it decides how each file is verified.
        var transfer = TransferAsync(stop.Token);
        var reading = read is null
            ? Task.FromResult<T?>(null)
            : Task.Run(async () => (T?)await read(stop.Token), CancellationToken.None);
        try
        {
            // Without a reader that advances a transfer would wait for ever.
            if (await Task.WhenAny(reading, transfer) == reading)
                await reading;
            await transfer;
            return await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await transfer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The reader may hang in a sink that accepts nothing more.
            await Task.WhenAny(reading, Task.Delay(ShutdownGrace, CancellationToken.None));
        }
    }

    private async Task TransferAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_unverified == 0)
            _queue.Complete();
        foreach (var file in Files)
        {
            file.Resume();
            Add(file, stop.Token);
        }

        var all = FetchAllAsync(stop.Token);
        if (await Task.WhenAny(all, _failed.Task) == _failed.Task)
            await stop.CancelAsync();
        try
        {
            await all;
        }
        catch (OperationCanceledException) when (_failed.Task.IsCompleted) { }

        if (_failed.Task.IsCompleted)
            ExceptionDispatchInfo.Throw(await _failed.Task);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Reads a file from start to end while it arrives, and verifies it.</summary>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="consumer">Receives its bytes in order, or <see langword="null"/>. Until the file is verified they
    /// may be wrong.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The proof that exactly these bytes are the right ones; <see langword="null"/> if they are not: then the
    /// file is fetched again.</returns>
    /// <exception cref="ContentMismatch">They are not, and the file cannot be fetched again.</exception>
    public async Task<VerifiedFile?> ReadAsync(
        FileDownload file,
        ByteConsumer? consumer,
        CancellationToken cancellation
    )
    {
        try
        {
            if (file.IsVerifiedInHand || file.Verified.IsCompleted)
            {
                var verified = await file.Verified.WaitAsync(cancellation);
                if (consumer is null)
                    return verified;
                await FileVerification.ReadAsync(
                    file,
                    block =>
                    {
                        consumer(block.Span);
                        return Task.CompletedTask;
                    },
                    cancellation
                );
                return verified;
            }

            return await VerifyAsync(
                file,
                await FileVerification.HashAsync(file, consumer, cancellation),
                cancellation
            );
        }
        catch (IOException exception) when (exception is not HttpIOException)
        {
            throw LocalFailure.Of(exception, file.Content.Sink.Name);
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in Files)
            file.Dispose();
    }

    private async Task FetchAllAsync(CancellationToken cancellation)
    {
        var tuner = _options.Connections is null ? new ConnectionTuner(Files.Count) : null;
        var workers = new List<Task>();
        var target = Math.Min(_options.Connections ?? tuner!.Connections, _options.MaxConnections);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        SetConnections(target);
        var tuning = tuner is null ? Task.CompletedTask : TuneAsync(tuner);
        // The first ends when everything is verified or something failed; by then nobody adds any.
        await workers[0];
        await done.CancelAsync();
        await tuning;
        await Task.WhenAll(workers);

        void SetConnections(int wanted)
        {
            lock (workers)
            {
                Volatile.Write(ref target, Math.Min(wanted, _options.MaxConnections));
                while (workers.Count < target)
                {
                    var number = workers.Count;
                    workers.Add(Task.Run(() => WorkAsync(number), CancellationToken.None));
                }
            }
        }

        async Task WorkAsync(int number)
        {
            try
            {
                while (true)
                {
                    // A connection too many waits for the end, or until it is wanted again.
                    while (number >= Volatile.Read(ref target) && !_queue.Completed.IsCompleted)
                        await Task.WhenAny(_queue.Completed, Task.Delay(200, cancellation));
                    cancellation.ThrowIfCancellationRequested();
                    if (await _queue.TakeAsync(Volatile.Read(ref target), cancellation) is not { } hole)
                        return;
                    await FetchAsync(hole, cancellation);
                }
            }
            catch (Exception exception)
                when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                _failed.TrySetResult(exception);
            }
        }

        async Task TuneAsync(ConnectionTuner tuner)
        {
            var (bytes, requests) = (0L, 0L);
            var begun = Stopwatch.GetTimestamp();
            while (!done.IsCancellationRequested)
            {
                await Task.Delay(tuner.Interval(_ranges.Latency), done.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (done.IsCancellationRequested)
                    return;
                var (now, answered) = (_progress.Received, _ranges.Responses);
                tuner.Look(now - bytes, answered - requests, Stopwatch.GetElapsedTime(begun));
                (bytes, requests, begun) = (now, answered, Stopwatch.GetTimestamp());
                SetConnections(tuner.Connections);
            }
        }
    }

    private async Task FetchAsync(RangeQueue.Hole hole, CancellationToken cancellation)
    {
        if (!hole.File.IsVerifiedInHand)
        {
            await _ranges.RunAsync(hole, null, cancellation);
            return;
        }

        // A file that is one range: its bytes are hashed while they are in hand.
        using var hash = hole.File.Content.Digest.Begin(hole.File.Content.Size);
        await _ranges.RunAsync(hole, hash, cancellation);
        await VerifyAsync(hole.File, ContentMismatch.Finish(hash), cancellation);
    }

    private async Task<VerifiedFile?> VerifyAsync(FileDownload file, string got, CancellationToken cancellation)
    {
        if (file.Content.Digest.Accepts(got))
        {
            var verified = file.Finish();
            if (Interlocked.Decrement(ref _unverified) == 0)
                _queue.Complete();
            return verified;
        }

        // First, for whoever tries once more from the start.
        file.Content.Source.Renew();
        if (!file.CanRestart)
            throw new ContentMismatch(file.Content, got);
        _progress.Warn?.Invoke(
            $"{file.Content.Path}: wrong bytes ({file.Content.Digest.Name} {got}); downloading it again"
        );
        await file.RestartAsync();
        Add(file, cancellation);
        return null;
    }

    private void Add(FileDownload file, CancellationToken cancellation)
    {
        _queue.Add(file);
        if (_isRead || file.IsVerifiedInHand)
            return;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await VerifyAsync(file, await FileVerification.HashAsync(file, null, cancellation), cancellation);
                }
                catch (Exception exception) when (!cancellation.IsCancellationRequested)
                {
                    _failed.TrySetResult(
                        exception is Failure ? exception : LocalFailure.Of(exception, file.Content.Sink.Name)
                    );
                }
                catch (OperationCanceledException) { }
            },
            CancellationToken.None
        );
    }
}
