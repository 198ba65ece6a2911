using System.Security.Cryptography;
using System.Text;
using NixAiModels.Nar;
using NixAiModels.Posix;

namespace NixAiModels.Snapshots;

/// <summary>Remembers which NAR hash the verified files of a listing had, so that a snapshot that is in the store
/// already is recognised before it is downloaded again.</summary>
/// <remarks>One small file an entry, named after the files' paths, sizes and digests: other files never have the same
/// one. Losing it costs a download; it is only believed where the store has the path that follows from it.</remarks>
internal static class KnownHashes
{
    /// <summary>The hash that a snapshot's output is known to have, or <see langword="null"/>.</summary>
    public static NixHash? Find(Snapshot snapshot, bool flat)
    {
        // A file by itself is known by the sha256 that the hub lists.
        if (flat && snapshot.Files.Single().Sha256 is { } sha256)
            return NixHash.Parse(sha256);
        try
        {
            return NixHash.TryParse(File.ReadAllText(Entry(snapshot, flat)).Trim(), out var hash) ? hash : null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return null;
        }
    }

    /// <summary>Remembers the hash of a snapshot whose every file was verified.</summary>
    public static void Add(Snapshot snapshot, bool flat, NixHash hash)
    {
        try
        {
            var entry = Entry(snapshot, flat);
            Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
            AtomicFile.Write(entry, Encoding.ASCII.GetBytes(hash.Sri + "\n"));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            // It is a convenience: without it the next run downloads.
        }
    }

    private static string Entry(Snapshot snapshot, bool flat)
    {
        var text =
            string.Concat(snapshot.Files.Select(file => $"{file.Path}\0{file.Size}\0{file.Sha256 ?? file.Oid}\0"))
            + flat;
        return Path.Combine(
            CacheFolder.Of("hashes"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
        );
    }
}
