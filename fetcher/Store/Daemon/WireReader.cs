using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Store.Daemon;

/// <summary>Reads the daemon's answers, in the format of <see cref="WireWriter"/>.</summary>
/// <exception cref="EndOfStreamException">From every method: the daemon hung up.</exception>
/// <exception cref="InvalidDataException">From every method: the bytes are not in that format.</exception>
internal sealed class WireReader(Stream stream)
{
    // No answer to the operations that are used here comes near: a larger number means a stream out of step.
    private const ulong LongestText = 1 << 24,
        MostItems = 1 << 20;

    private readonly byte[] _number = new byte[sizeof(ulong)];

    public async ValueTask<ulong> ReadUInt64Async(CancellationToken cancellation)
    {
        await stream.ReadExactlyAsync(_number, cancellation);
        return BinaryPrimitives.ReadUInt64LittleEndian(_number);
    }

    public async ValueTask<bool> ReadBoolAsync(CancellationToken cancellation) =>
        await ReadUInt64Async(cancellation) != 0;

    public async ValueTask<string> ReadStringAsync(CancellationToken cancellation)
    {
        var length = await ReadCountAsync(LongestText, cancellation);
        var padded = new byte[(length + 7) & ~7];
        await stream.ReadExactlyAsync(padded, cancellation);
        if (padded.AsSpan(length).ContainsAnyExcept((byte)0))
            throw new InvalidDataException("a string is not padded with zeros");
        return Encoding.UTF8.GetString(padded, 0, length);
    }

    public async ValueTask<IReadOnlyList<string>> ReadStringsAsync(CancellationToken cancellation)
    {
        var texts = new string[await ReadCountAsync(MostItems, cancellation)];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = await ReadStringAsync(cancellation);
        return texts;
    }

    /// <summary>Reads the number of items that follow.</summary>
    public async ValueTask<int> ReadCountAsync(CancellationToken cancellation) =>
        await ReadCountAsync(MostItems, cancellation);

    private async ValueTask<int> ReadCountAsync(ulong most, CancellationToken cancellation)
    {
        var count = await ReadUInt64Async(cancellation);
        return count <= most ? (int)count : throw new InvalidDataException($"a length of {count}");
    }
}
