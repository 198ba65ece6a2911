using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Transfer;

/// <summary>A file that is being assembled from ranges, in its final place. Thread-safe.</summary>
/// <remarks>Ranges arrive in any order; whoever hashes the file follows its unbroken beginning, <see cref="Available"/>.</remarks>
public sealed class FileDownload : IDisposable
{
    private readonly Lock gate = new();
    private readonly RangeJournal? journal;
    private readonly TransferProgress progress;
    private ByteRangeSet arrived = new();
    private TaskCompletionSource changed = NewSignal();
    private SafeFileHandle? handle;
    private int generation;

    internal FileDownload(RemoteContent content, int order, TransferProgress progress)
    {
        Content = content;
        Order = order;
        this.progress = progress;
        journal = content.Journal is { } path ? new RangeJournal(path) : null;
    }

    /// <summary>What is being transferred.</summary>
    public RemoteContent Content { get; }

    /// <summary>The file's place in the queue.</summary>
    internal int Order { get; }

    /// <summary>How many times the whole file may still be asked for again because its bytes were wrong.</summary>
    internal int Refetches { get; private set; } = 1;

    /// <summary>Set when the server has shown that it does not serve ranges of this file.</summary>
    internal SemaphoreSlim WholeFileTurn { get; } = new(1);

    /// <summary>How often a request for a range of this file was answered with the whole file.</summary>
    internal int RangesIgnored;

    /// <summary>Takes up what an earlier run left: noted ranges, or a file of the right size that may be complete.</summary>
    /// <returns>Whether there is anything to verify without asking the server.</returns>
    internal bool TakeUp()
    {
        if (journal is null || !File.Exists(Content.Destination)) return false;
        var length = new FileInfo(Content.Destination).Length;
        if (length > Content.Size) return false;
        arrived = journal.Exists ? journal.Read(length) : new ByteRangeSet();
        if (!journal.Exists && length == Content.Size) arrived.Add(new ByteRange(0, length));
        if (arrived.Total == 0) return false;
        Refetches++;
        progress.AddArrived(arrived.Total);
        return true;
    }

    /// <summary>The ranges that are still to be fetched, each at most <paramref name="largest"/> bytes long.</summary>
    internal IEnumerable<ByteRange> Missing(Func<long> largest)
    {
        ByteRange[] missing;
        lock (gate) missing = [.. arrived.Missing(Content.Size)];
        foreach (var hole in missing)
        {
            for (var offset = hole.Offset; offset < hole.End;)
            {
                var range = new ByteRange(offset, Math.Min(largest(), hole.End - offset));
                yield return range;
                offset = range.End;
            }
        }
    }

    internal bool Has(ByteRange range)
    {
        lock (gate) return arrived.Contains(range);
    }

    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, Content.Destination);
        }

        lock (gate)
        {
            progress.AddArrived(arrived.Add(new ByteRange(offset, bytes.Length)));
            Announce();
        }
    }

    /// <summary>Notes bytes that have arrived, for a later run. Called once a range, not once a write.</summary>
    internal void Note(ByteRange range)
    {
        if (range.Length > 0) journal?.Add(range);
    }

    /// <summary>Waits until the file's unbroken beginning is longer than a position.</summary>
    /// <param name="position">How many bytes the caller has read already.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many bytes from the start can be read; more than <paramref name="position"/> unless that is the file's end.</returns>
    public async ValueTask<long> Available(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (arrived.Prefix > position || position >= Content.Size) return arrived.Prefix;
                wait = changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>Makes sure that the file exists, with its final length: an empty one is never written to.</summary>
    internal void Create() => _ = Handle;

    internal int Read(Span<byte> buffer, long position) => RandomAccess.Read(Handle, buffer, position);

    /// <summary>How often the file's bytes were found wrong and given up; whoever read it before it changed read wrong bytes.</summary>
    public int Generation => Volatile.Read(ref generation);

    /// <summary>Gives up the bytes that have arrived, because together they are wrong.</summary>
    internal void StartOver()
    {
        lock (gate)
        {
            Refetches--;
            progress.AddArrived(-arrived.Total);
            arrived.Clear();
            generation++;
            Announce();
        }

        journal?.Begin();
    }

    /// <summary>The file is complete and verified.</summary>
    internal void Finish()
    {
        lock (gate)
        {
            handle?.Dispose();
            handle = null;
        }

        journal?.Delete();
        progress.AddVerified(Content);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            handle?.Dispose();
            handle = null;
        }

        WholeFileTurn.Dispose();
    }

    private SafeFileHandle Handle
    {
        get
        {
            lock (gate) return handle ??= Open();
        }
    }

    private SafeFileHandle Open()
    {
        try
        {
            // The note comes first: a file of full length without one is taken for complete, and verified.
            if (journal is { Exists: false } && arrived.Total == 0) journal.Begin();
            var opened = File.OpenHandle(Content.Destination, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (RandomAccess.GetLength(opened) != Content.Size) RandomAccess.SetLength(opened, Content.Size);
            return opened;
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, Content.Destination);
        }
    }

    private void Announce()
    {
        if (changed.Task.IsCompleted) return;
        var announced = changed;
        changed = NewSignal();
        announced.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
