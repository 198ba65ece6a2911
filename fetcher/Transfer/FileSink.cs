using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Transfer;

/// <summary>A file on disk, in its final place from the first byte. Thread-safe.</summary>
/// <param name="path">The absolute path of the file; its folder exists.</param>
/// <param name="size">The file's size in bytes.</param>
/// <param name="journalPath">Where to note which ranges have arrived so that an interrupted transfer can go on;
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
    /// <remarks>Noted ranges, or a file of the right size that may be complete.</remarks>
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
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <inheritdoc/>
    public void Record(ByteRange range) => _journal?.Add(range);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long position) => RandomAccess.Read(Handle, buffer, position);

    /// <inheritdoc/>
    public IContentReader OpenReader() =>
        new Reader(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));

    /// <inheritdoc/>
    public void Restart() => _journal?.Begin();

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
            // The note comes first: a file of full length without one is taken for complete, and verified.
            if (_journal is { Exists: false } && !_resumed)
                _journal.Begin();
            var opened = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (RandomAccess.GetLength(opened) != size)
                RandomAccess.SetLength(opened, size);
            return opened;
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    private sealed class Reader(SafeFileHandle file) : IContentReader
    {
        public int Read(Span<byte> buffer, long position) => RandomAccess.Read(file, buffer, position);

        public void Dispose() => file.Dispose();
    }
}
