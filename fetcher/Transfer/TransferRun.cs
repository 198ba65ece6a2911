using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace NixAiModels.Transfer;

/// <summary>Transfers many files at once, and many ranges of large files, from one queue in the files' order; each file
/// is verified while it arrives.</summary>
public sealed class TransferRun : IDisposable
{
    private readonly TransferOptions _options;
    private readonly TransferProgress _progress;
    private readonly RangeTransfer _ranges;
    private readonly Channel<Work> _queue;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unverified;
    private long _unqueued;

    /// <summary>Prepares a transfer; nothing is requested or written yet.</summary>
    /// <param name="contents">The files, in the order in which they are wanted.</param>
    /// <param name="options">How bytes are moved.</param>
    /// <param name="progress">Updated all along.</param>
    public TransferRun(IReadOnlyList<RemoteContent> contents, TransferOptions options, TransferProgress progress)
    {
        _options = options;
        _progress = progress;
        _ranges = new RangeTransfer(options, new Bandwidth(options.BandwidthLimit), progress);
        Files = [.. contents.Select((content, order) => new FileDownload(content, order, progress))];
        _unverified = Files.Count;
        _unqueued = contents.Sum(content => content.Size);
        _queue = Channel.CreateUnboundedPrioritized(
            new UnboundedPrioritizedChannelOptions<Work> { Comparer = Work.InOrder }
        );
    }

    /// <summary>The files, in the same order, to be read while they arrive.</summary>
    public IReadOnlyList<FileDownload> Files { get; }

    /// <summary>Transfers everything.</summary>
    /// <param name="cancellation">Ends the transfer; what has arrived is kept and recorded.</param>
    /// <exception cref="Failure">The first error; everything else has been stopped by then.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_unverified == 0)
            _queue.Writer.Complete();
        foreach (var file in Files)
        {
            var resumed = file.Resume();
            if (resumed || file.Content.Size == 0)
                StartVerification(file, stop.Token);
            Enqueue(file, verify: !resumed, stop.Token);
        }

        var workers = Enumerable
            .Range(0, _options.Connections)
            .Select(_ => Task.Run(() => WorkAsync(stop.Token), CancellationToken.None))
            .ToArray();
        var all = Task.WhenAll(workers);
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

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in Files)
            file.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var work in _queue.Reader.ReadAllAsync(cancellation))
            {
                if (work.IsWholeFile)
                    await FetchWholeAsync(work, cancellation);
                else
                    await _ranges.RunAsync(work.File, work.Range, null, cancellation);
            }
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            _failed.TrySetResult(exception);
        }
    }

    /// <summary>Downloads a file of one range, and hashes its bytes as they arrive.</summary>
    private async Task FetchWholeAsync(Work work, CancellationToken cancellation)
    {
        using var hash = work.File.Content.Digest.Begin(work.File.Content.Size);
        await _ranges.RunAsync(work.File, work.Range, hash, cancellation);
        Verify(work.File, ContentMismatch.Finish(hash), cancellation);
    }

    /// <summary>Starts a task that hashes a file of many ranges while they arrive.</summary>
    private void StartVerification(FileDownload file, CancellationToken cancellation) =>
        _ = Task.Run(
            async () =>
            {
                try
                {
                    Verify(file, await FileVerification.HashAsync(file, cancellation), cancellation);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    _failed.TrySetResult(
                        exception is Failure ? exception : LocalFailure.Of(exception, file.Content.Sink.Name)
                    );
                }
                catch (OperationCanceledException) { }
            },
            CancellationToken.None
        );

    private void Verify(FileDownload file, string got, CancellationToken cancellation)
    {
        if (got == file.Content.Digest.Hex)
        {
            file.Finish();
            if (Interlocked.Decrement(ref _unverified) == 0)
                _queue.Writer.TryComplete();
            return;
        }

        if (!file.CanRestart)
            throw new ContentMismatch(file.Content, got);
        _progress.Warn?.Invoke(
            $"{file.Content.Path}: wrong bytes ({file.Content.Digest.Name} {got}); downloading it again"
        );
        file.Restart();
        Interlocked.Add(ref _unqueued, file.Content.Size);
        Enqueue(file, verify: true, cancellation);
    }

    private void Enqueue(FileDownload file, bool verify, CancellationToken cancellation)
    {
        var pieces = file.Missing(() => RangeSize(file.Content.Size)).ToArray();
        var small = verify && pieces.Length == 1 && pieces[0] == new ByteRange(0, file.Content.Size);
        if (small)
            file.WithholdUntilVerified();
        else if (verify && file.Content.Size > 0)
            StartVerification(file, cancellation);
        foreach (var piece in pieces)
            _queue.Writer.TryWrite(new Work(file, piece, small));
    }

    /// <summary>Ranges are large at first and smaller towards the end, where all wait for the slowest.</summary>
    private long RangeSize(long fileSize)
    {
        var size = Math.Clamp(_unqueued / (2 * _options.Connections), _options.SmallestRange, _options.LargestRange);
        _unqueued -= Math.Min(size, fileSize);
        return size;
    }

    private readonly record struct Work(FileDownload File, ByteRange Range, bool IsWholeFile)
    {
        public static readonly IComparer<Work> InOrder = Comparer<Work>.Create(
            (a, b) => (a.File.Order, a.Range.Offset).CompareTo((b.File.Order, b.Range.Offset))
        );
    }
}
