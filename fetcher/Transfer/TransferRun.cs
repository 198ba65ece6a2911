using System.Threading.Channels;

namespace NixAiModels.Transfer;

/// <summary>Many files at once, and inside large ones many ranges, from one queue in the files' order; each file verified while it arrives.</summary>
public sealed class TransferRun : IDisposable
{
    private readonly TransferOptions options;
    private readonly TransferProgress progress;
    private readonly RangeTransfer ranges;
    private readonly Channel<Work> queue;
    private readonly TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int unverified;
    private long unqueued;

    /// <summary>Prepares a transfer; nothing is asked or written yet.</summary>
    /// <param name="contents">The files, in the order in which they are wanted.</param>
    /// <param name="options">How bytes are moved.</param>
    /// <param name="progress">Told of every step.</param>
    public TransferRun(IReadOnlyList<RemoteContent> contents, TransferOptions options, TransferProgress progress)
    {
        this.options = options;
        this.progress = progress;
        ranges = new RangeTransfer(options, new Bandwidth(options.BandwidthLimit), progress);
        Files = [.. contents.Select((content, order) => new FileDownload(content, order, progress))];
        unverified = Files.Count;
        unqueued = contents.Sum(content => content.Size);
        queue = Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<Work> { Comparer = Work.InOrder });
    }

    /// <summary>The files, in the same order; whoever hashes them follows them while they arrive.</summary>
    public IReadOnlyList<FileDownload> Files { get; }

    /// <summary>Transfers everything.</summary>
    /// <param name="cancellation">Ends the transfer; what has arrived is kept and noted.</param>
    /// <exception cref="Failure">The first thing that failed for good; everything else has been stopped by then.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (unverified == 0) queue.Writer.Complete();
        foreach (var file in Files)
        {
            var resumed = file.TakeUp();
            if (resumed || file.Content.Size == 0) Follow(file, stop.Token);
            Enqueue(file, follow: !resumed, stop.Token);
        }

        var workers = Enumerable.Range(0, options.Connections).Select(_ => Task.Run(() => Drain(stop.Token), CancellationToken.None)).ToArray();
        var all = Task.WhenAll(workers);
        if (await Task.WhenAny(all, failed.Task) == failed.Task) await stop.CancelAsync();
        try
        {
            await all;
        }
        catch (OperationCanceledException) when (failed.Task.IsCompleted)
        {
        }

        if (failed.Task.IsCompleted) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(await failed.Task);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in Files) file.Dispose();
    }

    private async Task Drain(CancellationToken cancellation)
    {
        try
        {
            await foreach (var work in queue.Reader.ReadAllAsync(cancellation))
            {
                if (work.IsWholeFile) await FetchSmall(work, cancellation);
                else await ranges.Run(work.File, work.Range, null, cancellation);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            failed.TrySetResult(exception);
        }
    }

    /// <summary>A file that is one range: its bytes are hashed while they are in hand.</summary>
    private async Task FetchSmall(Work work, CancellationToken cancellation)
    {
        using var hash = work.File.Content.Digest.Begin(work.File.Content.Size);
        await ranges.Run(work.File, work.Range, hash, cancellation);
        Judge(work.File, ContentMismatch.Finish(hash), cancellation);
    }

    /// <summary>A file of many ranges: one task hashes its beginning while the rest arrives.</summary>
    private void Follow(FileDownload file, CancellationToken cancellation) => _ = Task.Run(
        async () =>
        {
            try
            {
                Judge(file, await FileVerification.Hash(file, cancellation), cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failed.TrySetResult(exception is Failure ? exception : LocalFailure.Of(exception, file.Content.Sink.Name));
            }
            catch (OperationCanceledException)
            {
            }
        },
        CancellationToken.None);

    private void Judge(FileDownload file, string got, CancellationToken cancellation)
    {
        if (got == file.Content.Digest.Hex)
        {
            file.Finish();
            if (Interlocked.Decrement(ref unverified) == 0) queue.Writer.TryComplete();
            return;
        }

        if (!file.CanStartOver) throw new ContentMismatch(file.Content, got);
        progress.Trouble?.Invoke($"{file.Content.Path}: wrong bytes ({file.Content.Digest.Name} {got}); asking for the file again");
        file.StartOver();
        Interlocked.Add(ref unqueued, file.Content.Size);
        Enqueue(file, follow: true, cancellation);
    }

    private void Enqueue(FileDownload file, bool follow, CancellationToken cancellation)
    {
        var pieces = file.Missing(() => RangeSize(file.Content.Size)).ToArray();
        var small = follow && pieces.Length == 1 && pieces[0] == new ByteRange(0, file.Content.Size);
        if (small) file.HoldBack();
        else if (follow && file.Content.Size > 0) Follow(file, cancellation);
        foreach (var piece in pieces) queue.Writer.TryWrite(new Work(file, piece, small));
    }

    /// <summary>Ranges are large while much is left and smaller towards the end, so that no slow connection is waited for long.</summary>
    private long RangeSize(long fileSize)
    {
        var size = Math.Clamp(unqueued / (2 * options.Connections), options.SmallestRange, options.LargestRange);
        unqueued -= Math.Min(size, fileSize);
        return size;
    }

    private readonly record struct Work(FileDownload File, ByteRange Range, bool IsWholeFile)
    {
        public static readonly IComparer<Work> InOrder = Comparer<Work>.Create((a, b) =>
            (a.File.Order, a.Range.Offset).CompareTo((b.File.Order, b.Range.Offset)));
    }
}
