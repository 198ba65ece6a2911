namespace NixAiModels.Transfer;

/// <summary>Where the bytes of one file go while they arrive in ranges, and where those who hash it read them back: a
/// file on disk (<see cref="FileSink"/>) or a window in memory that moves along a stream
/// (<see cref="WindowSink"/>).</summary>
public interface IContentSink : IDisposable
{
    /// <summary>What it is called in messages about this machine: a path on disk.</summary>
    string Name { get; }

    /// <summary>Whether all bytes of the file stay until the end: then a file whose bytes are wrong can be fetched
    /// again after it has been read.</summary>
    bool KeepsAll { get; }

    /// <summary>The ranges that an earlier run left; they are verified like any other.</summary>
    ByteRangeSet Resume();

    /// <summary>Makes sure that the place exists: an empty file is never written to.</summary>
    void Create();

    /// <summary>Waits until bytes up to a position may be written.</summary>
    /// <param name="end">The byte after the last one, counted in the file.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask ReserveAsync(long end, CancellationToken cancellation);

    /// <summary>Writes bytes for which there is room.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Their place in the file.</param>
    /// <exception cref="Failure">Exit code 7: this machine refused.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Notes for a later run that a range has arrived.</summary>
    /// <param name="range">The range.</param>
    void Record(ByteRange range);

    /// <summary>Reads bytes that have arrived, for verification: every byte before them has been hashed.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="position">The first byte's place in the file.</param>
    /// <returns>How many bytes were read; 0 if the file became shorter.</returns>
    int Read(Span<byte> buffer, long position);

    /// <summary>Opens the file once more, for whoever makes an archive of it while it arrives and afterwards.</summary>
    IContentReader OpenReader();

    /// <summary>Forgets what has arrived: it is fetched again.</summary>
    void Restart();

    /// <summary>The file is complete and verified.</summary>
    void Finish();
}
