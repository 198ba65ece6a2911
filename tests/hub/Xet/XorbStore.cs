using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using NixAiModels.Xet;

namespace NixAiModels.TestHub.Xet;

/// <summary>A xorb: chunks one after the other, in the store's file from <paramref name="Start"/> on.</summary>
internal sealed record Xorb(long Start)
{
    public string Hash { get; set; } = "";

    /// <summary>Hash and length of each chunk, and where it ends in the xorb.</summary>
    public List<(string Hash, int Length, long End)> Chunks { get; } = [];

    public long Size => Chunks.Count == 0 ? 0 : Chunks[^1].End;

    /// <summary>Where a chunk begins.</summary>
    public long StartOf(int chunk) => chunk == 0 ? 0 : Chunks[chunk - 1].End;
}

/// <summary>A chunk in its place in a file.</summary>
internal readonly record struct PlacedChunk(Xorb Xorb, int Index, long Offset, int Length);

/// <summary>A file as chunks.</summary>
internal sealed record ChunkedFile(string Hash, long Size, PlacedChunk[] Chunks);

/// <summary>A file as chunks, and the first path that it had.</summary>
internal sealed record StoredFile(string Path, ChunkedFile Chunked);

/// <summary>Cuts files into chunks and keeps each chunk once, in xorbs. What was added first is referred to by what is
/// added later.</summary>
internal sealed class XorbStore(long xorbSize)
{
    private const int MostChunks = 8 << 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Xorb Xorb, int Index)> _chunks = [];
    private readonly ConcurrentDictionary<string, string> _hashes = new();
    private readonly ConcurrentDictionary<string, StoredFile> _files = new();
    private readonly ConcurrentDictionary<string, Repository> _repositories = new();
    private readonly ConcurrentDictionary<string, Xorb> _xorbs = new();
    private readonly SafeFileHandle _file = Unnamed();
    private long _end;

    /// <summary>A path of the file that has all xorbs.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    public StoredFile? Find(string hash) => _files.GetValueOrDefault(hash);

    public Xorb? FindXorb(string hash) => _xorbs.GetValueOrDefault(hash);

    /// <summary>The faults of a repository whose files are here.</summary>
    public Fault[] FaultsOf(string? repository) =>
        repository is not null && _repositories.TryGetValue(repository, out var known) ? known.Settings.Faults : [];

    /// <summary>The hash of an LFS file. When one is asked for first, it is cut, and before it all older files of its
    /// repository: newer ones refer to the chunks of older ones.</summary>
    public string HashOf(Repository repository, Entry entry)
    {
        _repositories[repository.Key.ToString()] = repository;
        if (_hashes.TryGetValue(entry.Sha256!, out var known))
            return known;
        lock (_gate)
        {
            foreach (
                var each in repository
                    .Branches.Select(repository.At)
                    .SelectMany(snapshot => snapshot!.Entries.Values)
                    .Append(entry)
                    .Where(each => each.Sha256 is not null && !_hashes.ContainsKey(each.Sha256))
                    .OrderBy(each => each.DiskFile!.LastWriteTimeUtc)
                    .DistinctBy(each => each.Sha256)
                    .ToArray()
            )
            {
                var file = Add(each);
                _files[file.Hash] = new StoredFile(each.Path, file);
                _hashes[each.Sha256!] = file.Hash;
            }

            return _hashes[entry.Sha256!];
        }
    }

    private ChunkedFile Add(Entry entry)
    {
        var chunks = new List<PlacedChunk>();
        var hashes = new List<(string, long)>();
        var xorb = new Xorb(_end);
        var offset = 0L;
        foreach (var bytes in Cut(entry.DiskFile!.FullName))
        {
            var hash = XetHash.OfChunk(bytes.Span);
            if (!_chunks.TryGetValue(hash, out var place))
            {
                _chunks[hash] = place = (xorb, xorb.Chunks.Count);
                var encoded = XorbEncoder.Encode(bytes.Span);
                RandomAccess.Write(_file, encoded, _end);
                _end += encoded.Length;
                xorb.Chunks.Add((hash, bytes.Length, _end - xorb.Start));
            }

            chunks.Add(new PlacedChunk(place.Xorb, place.Index, offset, bytes.Length));
            hashes.Add((hash, bytes.Length));
            offset += bytes.Length;
            if (xorb.Size >= xorbSize || xorb.Chunks.Count == MostChunks)
                xorb = Seal(xorb);
        }

        Seal(xorb);
        return new ChunkedFile(XetHash.OfFile(hashes), offset, [.. chunks]);
    }

    private Xorb Seal(Xorb xorb)
    {
        if (xorb.Chunks.Count > 0)
        {
            xorb.Hash = XetHash.OfXorb(xorb.Chunks.Select(chunk => (chunk.Hash, (long)chunk.Length)));
            _xorbs[xorb.Hash] = xorb;
        }

        return new Xorb(_end);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[8 << 20];
        var (start, filled) = (0, 0);
        var position = 0L;
        while (true)
        {
            if (filled - start < ContentChunker.Longest)
            {
                buffer.AsSpan(start..filled).CopyTo(buffer);
                (start, filled) = (0, filled - start);
                for (int read; filled < buffer.Length; filled += read, position += read)
                {
                    read = RandomAccess.Read(handle, buffer.AsSpan(filled), position);
                    if (read == 0)
                        break;
                }
            }

            if (start == filled)
                yield break;
            var length = ContentChunker.NextLength(buffer.AsSpan(start..filled));
            yield return buffer.AsMemory(start, length);
            start += length;
        }
    }

    // Gone when the process ends, however it does.
    private static SafeFileHandle Unnamed()
    {
        var path = System.IO.Path.GetTempFileName();
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        return handle;
    }
}
