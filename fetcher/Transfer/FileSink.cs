using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Transfer;

/// <summary>A file on disk, at its final path from the first byte. Thread-safe.</summary>
/// <param name="path">The absolute path of the file; its folder exists.</param>
/// <param name="size">The file's size in bytes.</param>
/// <param name="journalPath">The journal of ranges from which an interrupted transfer resumes;
/// <see langword="null"/> where nothing outlives a failure (a fixed-output derivation).</param>
public sealed class FileSink(string path, long size, string? journalPath) : IContentSink
{
    private readonly Lock _gate = new();
    private readonly RangeJournal? _journal = journalPath is null ? null : new RangeJournal(journalPath);
    private SafeFileHandle? _handle;
    private bool _resumed;

    /// <inheritdoc/>
    public string Name => path;

    /// <inheritdoc/>
    public bool KeepsAll => true;

    /// <inheritdoc/>
    /// <remarks>The ranges of the journal; without one, a file of the right size counts as complete.</remarks>
    public ByteRangeSet Resume()
    {
        if (_journal is null || !File.Exists(path))
            return new ByteRangeSet();
        var length = new FileInfo(path).Length;
        if (length > size)
            return new ByteRangeSet();
        var arrived = _journal.Exists ? _journal.Read(length) : new ByteRangeSet();
        if (!_journal.Exists && length == size)
            arrived.Add(new ByteRange(0, length));
        _resumed = arrived.Total > 0;
        return arrived;
    }

    /// <inheritdoc/>
    public void Create() => _ = Handle;

    /// <inheritdoc/>
    public ValueTask ReserveAsync(long end, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <inheritdoc/>
    public void Record(ByteRange range) => _journal?.Add(range);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long position) => RandomAccess.Read(Handle, buffer, position);

    /// <inheritdoc/>
    public void Release(long position) { }

    /// <inheritdoc/>
    public void Restart() => _journal?.Create();

    /// <inheritdoc/>
    public void Finish()
    {
        Dispose();
        _journal?.Delete();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _handle?.Dispose();
            _handle = null;
        }
    }

    private SafeFileHandle Handle
    {
        get
        {
            lock (_gate)
                return _handle ??= Open();
        }
    }

    private SafeFileHandle Open()
    {
        try
        {
            // The journal comes first: a file of full length without one counts as complete.
            if (_journal is { Exists: false } && !_resumed)
                _journal.Create();
            var opened = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (RandomAccess.GetLength(opened) != size)
                RandomAccess.SetLength(opened, size);
            return opened;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
