using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.TestHub;

/// <summary>Object ids as git computes them: SHA-1 of kind, size, a zero byte and the content.</summary>
internal static class GitObjects
{
    private const string Author = "Test Hub <test-hub@localhost> 1704067200 +0000";

    public static string Id(string kind, ReadOnlySpan<byte> content)
    {
        using var hash = Begin(kind, content.Length);
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static string BlobId(string file, long size)
    {
        using var hash = Begin("blob", size);
        using var stream = File.OpenRead(file);
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <param name="entries">Mode ("100644", "100755", "40000"), name and id of what is in the folder.</param>
    public static string TreeId(IEnumerable<(string Mode, string Name, string Id)> entries)
    {
        using var content = new MemoryStream();
        // Git sorts a folder as if its name ended with a slash, by bytes.
        foreach (
            var (mode, name, id) in entries.OrderBy(
                e => Encoding.UTF8.GetBytes(e.Mode == "40000" ? e.Name + "/" : e.Name),
                ByBytes
            )
        )
        {
            content.Write(Encoding.UTF8.GetBytes($"{mode} {name}\0"));
            content.Write(Convert.FromHexString(id));
        }
        return Id("tree", content.ToArray());
    }

    /// <summary>The id of a commit without parents, by a fixed author at a fixed time: it depends only on the
    /// files.</summary>
    public static string CommitId(string tree) =>
        Id("commit", Encoding.UTF8.GetBytes($"tree {tree}\nauthor {Author}\ncommitter {Author}\n\nAdd files\n"));

    private static IncrementalHash Begin(string kind, long size)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"{kind} {size}\0"));
        return hash;
    }

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(
        (a, b) => a.AsSpan().SequenceCompareTo(b)
    );
}
