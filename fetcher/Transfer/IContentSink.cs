namespace NixAiModels.Transfer;

/// <summary>Stores the bytes of one file while they arrive in ranges, for verification to read back: a file on disk
/// (<see cref="FileSink"/>) or a window in memory that moves along a stream (<see cref="WindowSink"/>).</summary>
public interface IContentSink : IDisposable
{
    /// <summary>Its name in messages: a path on disk.</summary>
    string Name { get; }

    /// <summary>Whether all bytes stay until the end, so that wrong ones can be replaced after they have been
    /// read.</summary>
    bool KeepsAll { get; }

    /// <summary>The ranges that an earlier run left; they are verified like all others.</summary>
    ByteRangeSet Resume();

    /// <summary>Creates the file, since an empty one is never written to.</summary>
    void Create();

    /// <summary>Waits until bytes up to a position may be written.</summary>
    /// <param name="end">The position after the last byte, in the file.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask ReserveAsync(long end, CancellationToken cancellation);

    /// <summary>Writes bytes for which space is reserved.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Their position in the file.</param>
    /// <exception cref="Failure">The bytes cannot be written (exit code 7).</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Records for a later run that a range has arrived.</summary>
    /// <param name="range">The range.</param>
    void Record(ByteRange range);

    /// <summary>Reads bytes that have arrived.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="position">The offset of the first byte in the file.</param>
    /// <returns>How many bytes were read; 0 if the file became shorter.</returns>
    int Read(Span<byte> buffer, long position);

    /// <summary>Releases the bytes before a position: nobody will read them again.</summary>
    /// <param name="position">An offset in the file.</param>
    void Release(long position);

    /// <summary>Drops all bytes: the file is downloaded again.</summary>
    void Restart();

    /// <summary>Ends the download of a verified file.</summary>
    void Finish();
}
