using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>The NAR hash of a snapshot, made of the very bytes with which every one of its files was verified. There is
/// no other way to have one.</summary>
public sealed class VerifiedNarHash
{
    private VerifiedNarHash(NixHash value) => Value = value;

    /// <summary>The hash.</summary>
    public NixHash Value { get; }

    /// <summary>Archives and hashes a transfer's files in one pass that verifies them, while they arrive. Where a file
    /// turns out to be wrong and is fetched again, the pass is begun again.</summary>
    /// <param name="run">The transfer, whose files are in NAR order and read by this.</param>
    /// <param name="begin">Called at the beginning of each pass; gives who else takes its archive. An archive that
    /// another pass follows was wrong.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ContentMismatch">A file is wrong and cannot be fetched again.</exception>
    internal static async Task<VerifiedNarHash> OfAsync(
        TransferRun run,
        Func<CancellationToken, Task<NarSink?>>? begin,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var sink = begin is null ? null : await begin(cancellation);
            if (await PassAsync(run, sink, cancellation) is { } hash)
                return hash;
        }
    }

    private static async Task<VerifiedNarHash?> PassAsync(
        TransferRun run,
        NarSink? sink,
        CancellationToken cancellation
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = run.Files.ToDictionary(file => file.Content.Path, StringComparer.Ordinal);
        var verified = new HashSet<VerifiedFile>();
        var isComplete = await NarSnapshot.WriteAsync(
            run.Files.Select(file => new NarFile(file.Content.Path, file.Content.Size)),
            async (file, content, token) =>
                await run.ReadAsync(files[file.Path], block => content(block.Span), token) is { } proof
                && verified.Add(proof),
            new NarWriter((NarSink)hash.AppendData + sink),
            cancellation
        );
        return isComplete && verified.Count == run.Files.Count
            ? new VerifiedNarHash(NixHash.OfDigest(hash.GetHashAndReset()))
            : null;
    }
}
