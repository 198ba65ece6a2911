using System.Buffers;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>Reads the chunks of a range of a xorb while it arrives, one at a time.</summary>
internal sealed class XorbReader : IDisposable
{
    private const int BufferSize = XorbChunk.HeaderLength + XorbChunk.LongestStored;

    private readonly XorbRange _range;
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly Action<int> _received;
    private readonly TimeSpan _stallTimeout;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(2 * ContentChunker.Longest);
    private int _start;
    private int _filled;
    private long _unread;

    private XorbReader(
        XorbRange range,
        HttpResponseMessage response,
        Stream body,
        Action<int> received,
        TimeSpan stallTimeout
    )
    {
        (_range, _response, _body, _received, _stallTimeout) = (range, response, body, received, stallTimeout);
        (Next, _unread) = (range.Chunks.Start, range.Bytes.Length);
    }

    /// <summary>The index of the next chunk in the xorb.</summary>
    public int Next { get; private set; }

    /// <summary>Requests a range.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="range">The range.</param>
    /// <param name="received">Told how many bytes have come over the network.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns><see langword="null"/> where its address is no longer valid.</returns>
    public static async Task<XorbReader?> OpenAsync(
        XetStore store,
        XorbRange range,
        Action<int> received,
        CancellationToken cancellation
    ) =>
        await store.GetAsync(range, cancellation) is { } response
            ? new XorbReader(
                range,
                response,
                await response.Content.ReadAsStreamAsync(cancellation),
                received,
                store.StallTimeout
            )
            : null;

    /// <summary>Reads and decodes the next chunk.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Its bytes, until the next call.</returns>
    /// <exception cref="TransferFault">The chunks are invalid, or others than announced.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        await FillAsync(XorbChunk.HeaderLength, cancellation);
        var chunk = XorbChunk.ReadHeader(_buffer.AsSpan(_start));
        _start += XorbChunk.HeaderLength;
        await FillAsync(chunk.StoredLength, cancellation);
        chunk.Decode(
            _buffer.AsSpan(_start, chunk.StoredLength),
            _bytes.AsSpan(0, chunk.Length),
            _bytes.AsSpan(ContentChunker.Longest)
        );
        _start += chunk.StoredLength;
        if (++Next == _range.Chunks.End && _unread + _filled - _start > 0)
            throw new TransferFault("the chunks of a xorb are shorter than announced", ExitCode.Integrity);
        return _bytes.AsMemory(0, chunk.Length);
    }

    /// <summary>Closes the response.</summary>
    public void Dispose()
    {
        _response.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        ArrayPool<byte>.Shared.Return(_bytes);
    }

    /// <summary>Makes so many bytes available from <see cref="_start"/> on.</summary>
    private async ValueTask FillAsync(int count, CancellationToken cancellation)
    {
        if (count > _unread + _filled - _start)
            throw new TransferFault("the chunks of a xorb are longer than announced", ExitCode.Integrity);
        if (_filled - _start >= count)
            return;
        _buffer.AsSpan(_start.._filled).CopyTo(_buffer);
        (_start, _filled) = (0, _filled - _start);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (_filled < count)
        {
            var wanted = (int)Math.Min(BufferSize - _filled, _unread);
            stall.CancelAfter(_stallTimeout);
            var read = await _body.ReadAsync(_buffer.AsMemory(_filled, wanted), stall.Token);
            if (read == 0)
                throw new TransferFault("the connection closed early");
            _received(read);
            _filled += read;
            _unread -= read;
        }
    }
}
