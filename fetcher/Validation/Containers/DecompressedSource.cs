using System.Buffers;

namespace NixAiModels.Validation.Containers;

/// <summary>The content of a compressed stream, decompressed only as far as it is read and never held as a
/// whole.</summary>
/// <remarks>The beginning (1 MiB) and the last 24 MiB stay readable: a pickle machine and a tar reader only go forward.
/// A stream that breaks ends there and says so in <see cref="Broken"/>: a loader would have used what came
/// before.</remarks>
internal sealed class DecompressedSource(Stream decoder, ScanBudget budget, int cost) : ByteSource, IDisposable
{
    private const int BlockSize = 1 << 20;
    private const int KeptBlocks = 24;

    private readonly List<byte[]?> _blocks = [];
    private long _decompressed;
    private bool _ended;

    /// <summary>Whether the decoder failed before the stream's end.</summary>
    public bool Broken { get; private set; }

    /// <summary>Bytes that have been decompressed so far.</summary>
    public long Decompressed => _decompressed;

    public override long Length
    {
        get
        {
            while (!_ended)
                Decompress();
            return _decompressed;
        }
    }

    public override int Read(long position, Span<byte> into)
    {
        while (!_ended && _decompressed < position + into.Length)
            Decompress();
        var total = 0;
        while (total < into.Length && position + total < _decompressed)
        {
            var at = position + total;
            var block =
                _blocks[(int)(at / BlockSize)]
                ?? throw new UnscannableException("needs random access, and is too large for that once decompressed");
            var inside = (int)(at % BlockSize);
            var count = (int)Math.Min(Math.Min(BlockSize - inside, into.Length - total), _decompressed - at);
            block.AsSpan(inside, count).CopyTo(into[total..]);
            total += count;
        }

        return total;
    }

    /// <summary>Closes the decoder.</summary>
    public void Dispose()
    {
        decoder.Dispose();
        foreach (var block in _blocks.OfType<byte[]>())
            ArrayPool<byte>.Shared.Return(block);
        _blocks.Clear();
        _ended = true;
        _decompressed = 0;
    }

    private void Decompress()
    {
        var index = (int)(_decompressed / BlockSize);
        var inside = (int)(_decompressed % BlockSize);
        if (inside == 0)
        {
            // The first block stays, since it tells the kind of a file; a dropped block is reused.
            var oldest = index - KeptBlocks;
            _blocks.Add(oldest > 0 ? _blocks[oldest] : ArrayPool<byte>.Shared.Rent(BlockSize));
            if (oldest > 0)
                _blocks[oldest] = null;
        }

        var read = 0;
        try
        {
            read = decoder.Read(_blocks[index]!, inside, BlockSize - inside);
        }
        catch (Exception error)
            when (error is not (UnscannableException or OperationCanceledException or OutOfMemoryException))
        {
            // Decoders meet hostile bytes: whatever they throw means that the stream ends here.
            Broken = true;
        }

        _ended = read <= 0;
        _decompressed += Math.Max(read, 0);
        budget.Spend((long)Math.Max(read, 0) * cost);
    }
}
