using System.Security.Cryptography;
using System.Text;
using NixAiModels.Nar;
using NixAiModels.Posix;
using NixAiModels.Store;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Remembers the hash of a listing's verified files, so that a snapshot that is already in the store is found
/// without a download.</summary>
/// <remarks>One small file an entry, named after a digest of the files' paths, sizes and digests. An entry is only used
/// where the store has the path that follows from it; losing one costs a download.</remarks>
internal static class KnownHashes
{
    /// <summary>The hash that a snapshot's output is known to have, or <see langword="null"/>.</summary>
    public static NixHash? Find(Snapshot snapshot, FixedOutput output)
    {
        if (output.ExpectedHash is { } expected)
            return expected;
        // A file by itself is known by the sha256 that the hub lists.
        if (output.IsFlat && snapshot.Files.Single().Digest is Sha256Digest sha256)
            return NixHash.Parse(sha256.Hex);
        try
        {
            return NixHash.TryParse(File.ReadAllText(Entry(snapshot, output)).Trim(), out var hash) ? hash : null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return null;
        }
    }

    /// <summary>Remembers the hash of a snapshot whose every file was verified.</summary>
    public static void Add(Snapshot snapshot, FixedOutput output, NixHash hash)
    {
        try
        {
            var entry = Entry(snapshot, output);
            Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
            AtomicFile.Write(entry, Encoding.ASCII.GetBytes(hash.Sri + "\n"));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            // Without the entry the next run downloads again.
        }
    }

    private static string Entry(Snapshot snapshot, FixedOutput output)
    {
        var text =
            string.Concat(snapshot.Files.Select(file => $"{file.Path}\0{file.Size}\0{file.Digest}\0")) + output.IsFlat;
        return Path.Combine(
            CacheFolder.Of("hashes"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
        );
    }
}
