using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>The bytes of a range as a stream, which tells how many of them came over the network.</summary>
internal sealed class XetStream : Stream, IMeteredStream
{
    private readonly CancellationTokenSource _closed = new();
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _blocks;
    private ReadOnlyMemory<byte> _block;
    private int _received;

    /// <summary>Makes a stream of blocks.</summary>
    /// <param name="read">Reads the blocks, and is given what to tell of received bytes.</param>
    public XetStream(Func<Action<int>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> read) =>
        _blocks = read(AddReceived, _closed.Token).GetAsyncEnumerator(_closed.Token);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public int TakeReceived() => Interlocked.Exchange(ref _received, 0);

    /// <summary>Turns a fault into what the reader sees.</summary>
    public Func<Exception, Exception>? Faulted { get; set; }

    /// <summary>Reads the first block.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task BeginAsync(CancellationToken cancellation) => await AdvanceAsync(cancellation);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_block.IsEmpty && !await AdvanceAsync(cancellationToken))
                return 0;
        }
        catch (Exception fault) when (Faulted is not null)
        {
            throw Faulted(fault);
        }

        var count = Math.Min(buffer.Length, _block.Length);
        _block[..count].CopyTo(buffer);
        _block = _block[count..];
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _blocks.DisposeAsync();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellation)
    {
        await using var end = cancellation.UnsafeRegister(
            static closed => ((CancellationTokenSource)closed!).Cancel(),
            _closed
        );
        do
        {
            if (!await _blocks.MoveNextAsync())
                return false;
            _block = _blocks.Current;
        } while (_block.IsEmpty);

        return true;
    }

    private void AddReceived(int count) => Interlocked.Add(ref _received, count);
}
