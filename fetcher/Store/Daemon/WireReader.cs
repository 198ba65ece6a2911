using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Store.Daemon;

/// <summary>Reads what <see cref="WireWriter"/> describes.</summary>
/// <exception cref="EndOfStreamException">From every method: the daemon hung up.</exception>
/// <exception cref="InvalidDataException">From every method: these are not the daemon's bytes.</exception>
internal sealed class WireReader(Stream stream)
{
    // No answer of the few operations that are used here comes near it: a larger one is a stream out of step.
    private const ulong LongestText = 1 << 24, MostItems = 1 << 20;

    private readonly byte[] number = new byte[sizeof(ulong)];

    public async ValueTask<ulong> Number(CancellationToken cancellation)
    {
        await stream.ReadExactlyAsync(number, cancellation);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    public async ValueTask<bool> Flag(CancellationToken cancellation) => await Number(cancellation) != 0;

    public async ValueTask<string> Text(CancellationToken cancellation)
    {
        var length = await Count(LongestText, cancellation);
        var padded = new byte[(length + 7) & ~7];
        await stream.ReadExactlyAsync(padded, cancellation);
        if (padded.AsSpan(length).ContainsAnyExcept((byte)0)) throw new InvalidDataException("a string is not padded with zeros");
        return Encoding.UTF8.GetString(padded, 0, length);
    }

    public async ValueTask<IReadOnlyList<string>> Texts(CancellationToken cancellation)
    {
        var texts = new string[await Count(MostItems, cancellation)];
        for (var i = 0; i < texts.Length; i++) texts[i] = await Text(cancellation);
        return texts;
    }

    /// <summary>Reads a number of things that follow.</summary>
    public async ValueTask<int> Count(CancellationToken cancellation) => await Count(MostItems, cancellation);

    private async ValueTask<int> Count(ulong most, CancellationToken cancellation)
    {
        var count = await Number(cancellation);
        return count <= most ? (int)count : throw new InvalidDataException($"a length of {count}");
    }
}
