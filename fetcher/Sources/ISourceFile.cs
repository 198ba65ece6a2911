using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>A file at an address, which can be asked about before it is downloaded.</summary>
public interface ISourceFile : IRemoteFile, IDisposable
{
    /// <summary>Asks the server about the file.</summary>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Failure">The file is not accessible.</exception>
    Task<FileDescription> DescribeAsync(CancellationToken cancellation);

    /// <summary>Refuses responses of another version of the file from now on: where no hash is known, ranges of two
    /// versions would make a file that nobody ever had.</summary>
    /// <param name="description">What the server said of the file.</param>
    void HoldTo(FileDescription description);
}

/// <summary>What a server says of a file; nothing of it is believed without the bytes.</summary>
/// <param name="Size">Its size in bytes, or <see langword="null"/>.</param>
/// <param name="Name">Its name, one segment of a path, or <see langword="null"/>.</param>
/// <param name="Sha256">What the server says that it hashes to, or <see langword="null"/>.</param>
/// <param name="Version">What changes when the file does (<c>ETag</c>, <c>Last-Modified</c>), or
/// <see langword="null"/>.</param>
/// <param name="IsPage">Whether it is a web page.</param>
/// <param name="ServesRanges">Whether parts of it can be requested: several at a time, and after an
/// interruption.</param>
public sealed record FileDescription(
    long? Size,
    string? Name,
    Sha256Digest? Sha256,
    string? Version,
    bool IsPage,
    bool ServesRanges
)
{
    /// <summary>Whether a whole file can be told from one whose connection broke off.</summary>
    public bool HasEnd { get; init; } = true;

    /// <summary>The size for a transfer in ranges; <see langword="null"/> where it has to be one response, since ranges
    /// of a file that changes meanwhile could not be told from each other.</summary>
    public long? SizeInRanges => Version is null ? null : Size;
}
