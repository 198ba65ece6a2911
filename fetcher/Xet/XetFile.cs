using System.Runtime.CompilerServices;
using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>A file that is put together from chunks: of xorbs, and of older versions of it on this machine.</summary>
/// <param name="store">The store that has the xorbs.</param>
/// <param name="hash">The hash by which Xet knows the file.</param>
/// <param name="size">Its size in bytes, at least 1.</param>
/// <param name="older">Its older versions.</param>
/// <param name="cache">Keeps chunks that are needed again.</param>
#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle is never used holds nothing to dispose
internal sealed class XetFile(
    XetStore store,
    string hash,
    long size,
    IReadOnlyList<OlderVersion> older,
    ChunkCache cache
)
#pragma warning restore CA1001
{
    private const int LocalBlock = 256 << 10;

    // A request for so little is not worth its wait: it is read along with what precedes and follows it.
    private const long SmallestLocal = 64 << 10;

    private readonly SemaphoreSlim _planning = new(1);
    private readonly SemaphoreSlim _repeated = new(1);
    private volatile Plan? _plan;

    /// <summary>Whether there are older versions.</summary>
    public bool HasOlder => older.Count > 0;

    /// <summary>Opens a range of the file.</summary>
    /// <param name="range">The range, not empty.</param>
    /// <param name="cancellation">Ends the requests that come first.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="Failure">The store does not answer.</exception>
    public async Task<XetStream> OpenAsync(ByteRange range, CancellationToken cancellation)
    {
        var plan = await PlanAsync(cancellation);
        return new XetStream((received, stop) => ReadAsync(plan, range, received, stop));
    }

    /// <summary>How many bytes of the file come from older versions.</summary>
    public async Task<long> LocalBytesAsync(CancellationToken cancellation) =>
        (await PlanAsync(cancellation)).Local.Sum(piece => piece.Length);

    private async Task<Plan> PlanAsync(CancellationToken cancellation)
    {
        if (_plan is { } known)
            return known;
        await _planning.WaitAsync(cancellation);
        try
        {
            return _plan ??= await MakePlanAsync(cancellation);
        }
        finally
        {
            _planning.Release();
        }
    }

    private async Task<Plan> MakePlanAsync(CancellationToken cancellation)
    {
        var file = await FilePlan.LoadAsync(store, hash, size, cancellation);
        var versions = new List<(OlderVersion, IReadOnlyList<Term>)>();
        foreach (var version in older)
        {
            try
            {
                var plan = await FilePlan.LoadAsync(store, version.XetHash, version.Size, cancellation);
                versions.Add((version, plan.Terms));
            }
            catch (HubFailure)
            {
                // What the store does not know is of no use.
            }
        }

        try
        {
            return new Plan(file, LocalPieces.Find(file.Terms, size, versions));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return new Plan(file, []);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Plan plan,
        ByteRange range,
        Action<int> received,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var position = range.Offset;
        foreach (var piece in plan.Local.Where(piece => piece.End > range.Offset && piece.Offset < range.End))
        {
            var (start, end) = (Math.Max(piece.Offset, position), Math.Min(piece.End, range.End));
            if (end - start < SmallestLocal && end - start < range.End - position)
                continue;
            if (start > position)
            {
                var before = new ByteRange(position, start - position);
                await foreach (var bytes in ReadRemoteAsync(plan.File, before, received, cancellation))
                    yield return bytes;
            }

            foreach (var bytes in ReadLocal(piece, new ByteRange(start, end - start)))
                yield return bytes;
            position = end;
        }

        if (position == range.End)
            yield break;
        var rest = new ByteRange(position, range.End - position);
        await foreach (var bytes in ReadRemoteAsync(plan.File, rest, received, cancellation))
            yield return bytes;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> ReadLocal(LocalPiece piece, ByteRange range)
    {
        var buffer = new byte[(int)Math.Min(LocalBlock, range.Length)];
        using var handle = piece.Older.Open();
        var position = range.Offset;
        while (position < range.End)
        {
            var wanted = (int)Math.Min(buffer.Length, range.End - position);
            var place = piece.OlderOffset + position - piece.Offset;
            var count = RandomAccess.Read(handle, buffer.AsSpan(0, wanted), place);
            if (count == 0)
                throw new TransferFault($"{piece.Older.Name} became shorter", ExitCode.Integrity);
            yield return buffer.AsMemory(0, count);
            position += count;
        }
    }

    /// <summary>Reads a range from xorbs; where an address has expired, the store is asked again.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadRemoteAsync(
        FilePlan file,
        ByteRange range,
        Action<int> received,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var position = range.Offset;
        var expiredAt = -1L;
        while (position < range.End)
        {
            var rest = new ByteRange(position, range.End - position);
            var reading = new RemoteReading(store, file, cache, _repeated, received);
            await foreach (
                var bytes in reading.ReadAsync(await store.ReconstructAsync(hash, rest, cancellation), cancellation)
            )
            {
                yield return bytes;
                position += bytes.Length;
            }

            if (position < range.End && expiredAt == position)
                throw new TransferFault("the address of a xorb is refused, and so is a new one");
            expiredAt = position;
        }
    }

    private sealed record Plan(FilePlan File, IReadOnlyList<LocalPiece> Local);
}
