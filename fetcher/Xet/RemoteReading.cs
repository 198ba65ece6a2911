using System.Runtime.CompilerServices;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>Reads a range of a file from the xorbs that its reconstruction names. A range of a xorb is requested once,
/// however many terms use it; what a later term needs is kept.</summary>
/// <param name="store">Where the xorbs are.</param>
/// <param name="file">The whole file, which tells what other ranges need too.</param>
/// <param name="cache">Keeps chunks.</param>
/// <param name="repeated">Lets one reading at a time request chunks that the file has more than once.</param>
/// <param name="received">Told how many bytes have come over the network.</param>
internal sealed class RemoteReading(
    XetStore store,
    FilePlan file,
    ChunkCache cache,
    SemaphoreSlim repeated,
    Action<int> received
)
{
    /// <summary>Reads the range.</summary>
    /// <param name="reconstruction">Where it is.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>The bytes of the range in order. They end early where an address has expired.</returns>
    /// <exception cref="TransferFault">The bytes are not what was announced.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Reconstruction reconstruction,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var i = 0; i < reconstruction.Terms.Count; i++)
        {
            var term = reconstruction.Terms[i];
            var position = term.Offset;
            await foreach (var bytes in ReadTermAsync(reconstruction, i, cancellation))
            {
                if (bytes.Length > term.End - position)
                    throw WrongLength(term);
                var (first, last) = (
                    Math.Max(0, reconstruction.Range.Offset - position),
                    Math.Min(bytes.Length, reconstruction.Range.End - position)
                );
                position += bytes.Length;
                if (first < last)
                    yield return bytes[(int)first..(int)last];
            }

            if (position == term.Offset)
                yield break;
            if (position != term.End)
                throw WrongLength(term);
        }
    }

    /// <summary>Reads the chunks of a term; none where the address has expired.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadTermAsync(
        Reconstruction reconstruction,
        int index,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var term = reconstruction.Terms[index];
        var isRepeated = file.HasRepeated(term);
        // Whoever else reads the same chunks keeps them for this.
        if (isRepeated)
            await repeated.WaitAsync(cancellation);
        try
        {
            var chunk = term.Chunks.Start;
            while (chunk < term.Chunks.End && cache.Find(term.Xorb, chunk) is { } kept)
            {
                yield return kept;
                chunk++;
            }

            if (chunk == term.Chunks.End)
                yield break;
            var range = reconstruction.RangeOf(term);
            using var reader = await XorbReader.OpenAsync(store, range, received, cancellation);
            if (reader is null && chunk > term.Chunks.Start)
                throw new TransferFault("the address of a xorb has expired");
            if (reader is null)
                yield break;
            var later = reconstruction.Terms.Skip(index + 1).Where(each => each.Xorb == term.Xorb).ToArray();
            var end = LastNeeded(range, term, later);
            while (reader.Next < end)
            {
                var next = reader.Next;
                var bytes = await reader.ReadAsync(cancellation);
                if (
                    file.IsRepeated(term.Xorb, next)
                    || Array.Exists(later, each => each.Chunks.Start <= next && next < each.Chunks.End)
                )
                {
                    cache.Add(term.Xorb, next, bytes.Span);
                }

                if (next == chunk && next < term.Chunks.End)
                {
                    yield return bytes;
                    chunk++;
                }
            }
        }
        finally
        {
            if (isRepeated)
                repeated.Release();
        }
    }

    /// <summary>The chunk after the last one of a range that this term or a later one needs.</summary>
    private static int LastNeeded(XorbRange range, Term term, Term[] later) =>
        later
            .Select(each => each.Chunks)
            .Where(chunks => chunks.Start < range.Chunks.End)
            .Aggregate(term.Chunks.End, (end, chunks) => Math.Max(end, Math.Min(chunks.End, range.Chunks.End)));

    private static TransferFault WrongLength(Term term) =>
        new(
            $"chunks {term.Chunks.Start} to {term.Chunks.End} of a xorb have another length than announced",
            ExitCode.Integrity
        );
}
