using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Validation;

/// <summary>SHA-256 and git blob ids of a model's files, in one pass over each, on all cores.</summary>
/// <param name="tree">The model's files.</param>
/// <param name="known">What is known of files already (a lock file's hashes, which Nix has checked), by path: they are
/// not read.</param>
internal sealed class FileDigests(ModelTree tree, IReadOnlyDictionary<string, FileFacts>? known)
{
    /// <summary>From this size on a file gets no git blob id: the Hub keeps such files in LFS, under their
    /// SHA-256.</summary>
    public const long GitLimit = 10 * 1024 * 1024;

    private const int BufferSize = 1024 * 1024;

    private readonly ConcurrentDictionary<string, FileFacts> _facts = new(StringComparer.Ordinal);

    /// <summary>Files that could not be read to their end.</summary>
    public ConcurrentBag<ModelFile> Unreadable { get; } = [];

    /// <summary>Computes what is missing.</summary>
    public void Compute(CancellationToken cancellation)
    {
        // The largest first: the last file to begin should not be the longest to take.
        var files = tree
            .Files.Where(file => !_facts.ContainsKey(file.Path))
            .OrderByDescending(file => file.Size)
            .ToList();
        var options = new ParallelOptions
        {
            CancellationToken = cancellation,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        Parallel.ForEach(
            Partitioner.Create(files, EnumerablePartitionerOptions.NoBuffering),
            options,
            file =>
            {
                if (known?.GetValueOrDefault(file.Path) is { Sha256: not null } facts && facts.Size == file.Size)
                {
                    _facts[file.Path] = facts;
                    return;
                }

                try
                {
                    _facts[file.Path] = Of(file, cancellation);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    Unreadable.Add(file);
                }
            }
        );
    }

    /// <summary>The facts of every file, by path; without hashes where they were not computed.</summary>
    public IReadOnlyList<FileFacts> All() =>
        [
            .. tree.Files.Select(file =>
                _facts.GetValueOrDefault(file.Path) ?? new FileFacts(file.Path, file.Size, null, null)
            ),
        ];

    private static FileFacts Of(ModelFile file, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(file.FullPath, options: FileOptions.SequentialScan);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha1 = file.Size < GitLimit ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
        sha1?.AppendData(Encoding.ASCII.GetBytes($"blob {file.Size}\0"));
        var buffer = new byte[Math.Clamp(file.Size, 1, BufferSize)];
        long position = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(handle, buffer, position);
            if (read == 0)
                break;
            sha256.AppendData(buffer, 0, read);
            sha1?.AppendData(buffer, 0, read);
            position += read;
        }

        if (position != file.Size)
            throw new IOException("the file changed while it was read");
        return new FileFacts(
            file.Path,
            file.Size,
            Convert.ToHexStringLower(sha256.GetHashAndReset()),
            sha1 is null ? null : Convert.ToHexStringLower(sha1.GetHashAndReset())
        );
    }
}
