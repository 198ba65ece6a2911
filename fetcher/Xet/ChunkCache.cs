namespace NixAiModels.Xet;

/// <summary>Chunks in memory that a file needs again, the least recently used of which go when it is full.
/// Thread-safe.</summary>
/// <param name="capacity">How many bytes it holds.</param>
internal sealed class ChunkCache(long capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Xorb, int Chunk), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _size;

    /// <summary>Keeps a copy of a chunk.</summary>
    public void Add(string xorb, int chunk, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_entries.ContainsKey((xorb, chunk)) || bytes.Length > capacity)
                return;
            _entries[(xorb, chunk)] = _byUse.AddLast(new Entry((xorb, chunk), bytes.ToArray()));
            _size += bytes.Length;
            while (_size > capacity && _byUse.First is { } oldest)
            {
                _byUse.Remove(oldest);
                _entries.Remove(oldest.Value.Key);
                _size -= oldest.Value.Bytes.Length;
            }
        }
    }

    /// <summary>Finds a chunk; <see langword="null"/> where it was not kept, or is gone.</summary>
    public byte[]? Find(string xorb, int chunk)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((xorb, chunk), out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Bytes;
        }
    }

    private sealed record Entry((string Xorb, int Chunk) Key, byte[] Bytes);
}
