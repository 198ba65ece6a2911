namespace NixAiModels.Transfer;

/// <summary>Reads a file from start to end while it arrives.</summary>
public interface IContentReader : IDisposable
{
    /// <summary>Reads bytes that have arrived; the caller is done with every byte before them.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="position">The first byte's place in the file.</param>
    /// <returns>How many bytes were read; 0 if the file became shorter.</returns>
    int Read(Span<byte> buffer, long position);
}
