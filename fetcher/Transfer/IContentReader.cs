namespace NixAiModels.Transfer;

/// <summary>Reads a file from start to end while it arrives.</summary>
public interface IContentReader : IDisposable
{
    /// <summary>Reads bytes that have arrived; the caller no longer needs the bytes before them.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="position">The position of the first byte in the file.</param>
    /// <returns>How many bytes were read; 0 if the file became shorter.</returns>
    int Read(Span<byte> buffer, long position);
}
