using System.Buffers;

namespace NixAiModels.Validation.Containers;

/// <summary>The content of a compressed stream, decompressed only as far as it is read and never held as a
/// whole.</summary>
/// <remarks>The beginning (1 MiB) and the last 24 MiB stay readable: a pickle machine and a tar reader only go forward.
/// Whoever goes back further, such as the reader of a zip within a .tar.gz, has the stream decompressed anew, which
/// counts against the budget. A stream that breaks ends there and says so in <see cref="Broken"/>: a loader would have
/// used what came before.</remarks>
/// <param name="open">Opens the decoder at the stream's beginning.</param>
/// <param name="budget">Bounds what is decompressed.</param>
/// <param name="cost">How much a byte counts against the budget.</param>
internal sealed class DecompressedSource(Func<Stream> open, ScanBudget budget, int cost) : ByteSource, IDisposable
{
    private const int BlockSize = 1 << 20;
    private const int KeptBlocks = 24;

    private readonly List<byte[]?> _blocks = [];
    private Stream _decoder = open();
    private long? _length;
    private long _decompressed;
    private bool _ended;

    /// <summary>Whether the decoder failed before the stream's end.</summary>
    public bool Broken { get; private set; }

    public override long Length
    {
        get
        {
            while (_length is null)
                Decompress();
            return _length.Value;
        }
    }

    public override int Read(long position, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var at = position + total;
            if (at < _decompressed && _blocks[(int)(at / BlockSize)] is null)
                Restart();
            while (!_ended && _decompressed <= at)
                Decompress();
            if (at >= _decompressed)
                break;
            var inside = (int)(at % BlockSize);
            var count = (int)Math.Min(Math.Min(BlockSize - inside, into.Length - total), _decompressed - at);
            _blocks[(int)(at / BlockSize)].AsSpan(inside, count).CopyTo(into[total..]);
            total += count;
        }

        return total;
    }

    /// <summary>Closes the decoder.</summary>
    public void Dispose()
    {
        Forget();
        _ended = true;
        _length ??= 0;
    }

    private void Restart()
    {
        Forget();
        _ended = false;
        _decoder = open();
    }

    private void Forget()
    {
        _decoder.Dispose();
        foreach (var block in _blocks.OfType<byte[]>())
            ArrayPool<byte>.Shared.Return(block);
        _blocks.Clear();
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
            read = _decoder.Read(_blocks[index]!, inside, BlockSize - inside);
        }
        catch (Exception error)
            when (error is not (UnscannableException or OperationCanceledException or OutOfMemoryException))
        {
            // Decoders meet hostile bytes: whatever they throw means that the stream ends here.
            Broken = true;
        }

        _ended = read <= 0;
        _decompressed += Math.Max(read, 0);
        if (_ended)
            _length ??= _decompressed;
        budget.Spend((long)Math.Max(read, 0) * cost);
    }
}
