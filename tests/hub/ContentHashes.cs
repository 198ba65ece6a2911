using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace NixAiModels.TestHub;

/// <summary>Hashes of files, cached by path, size and modification time.</summary>
internal sealed class ContentHashes
{
    private readonly ConcurrentDictionary<
        (string Path, long Size, DateTime Changed, bool Sha256),
        Lazy<string>
    > _known = new();

    /// <summary>Lower hex SHA-256.</summary>
    public string Sha256(FileInfo file) =>
        Once(
            file,
            sha256: true,
            () =>
            {
                using var stream = new FileStream(
                    file.FullName,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite,
                    bufferSize: 0
                );
                return Convert.ToHexStringLower(SHA256.HashData(stream));
            }
        );

    /// <summary>The id of the git blob.</summary>
    public string BlobId(FileInfo file) =>
        Once(file, sha256: false, () => GitObjects.BlobId(file.FullName, file.Length));

    /// <summary>Whether a file's modification time identifies its content: a file that was written a moment ago may
    /// change again in the same tick.</summary>
    public static bool IsSettled(DateTime changed) => DateTime.UtcNow - changed > TimeSpan.FromMilliseconds(100);

    private string Once(FileInfo file, bool sha256, Func<string> compute) =>
        IsSettled(file.LastWriteTimeUtc)
            ? _known
                .GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc, sha256), _ => new Lazy<string>(compute))
                .Value
            : compute();
}
