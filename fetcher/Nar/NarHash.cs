using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Nar;

/// <summary>The hash that Nix knows a tree by: the sha256 of its archive, as <c>nix hash path</c> prints it.</summary>
public static class NarHash
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Hashes what is on disk.</summary>
    /// <param name="path">A directory, a file or a symbolic link (which is not followed).</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="Failure">As <see cref="NarTree.Write"/>.</exception>
    public static async Task<NixHash> OfPath(string path, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await NarTree.Write(path, new NarWriter(hash.AppendData), cancellation);
        return NixHash.OfDigest(hash.GetHashAndReset());
    }

    /// <summary>Hashes a snapshot whose bytes are still arriving: each file's content is asked for when its turn has come and is
    /// waited for as long as it takes.</summary>
    /// <param name="files">All files of the snapshot, in the order of <see cref="NarOrder"/>; none gives an empty directory.</param>
    /// <param name="content">Yields the bytes of a file from first to last, in pieces of any size; a piece may be reused when the next one
    /// is asked for.</param>
    /// <param name="cancellation">Ends the work; it is handed on to <paramref name="content"/>.</param>
    /// <returns>The hash that <see cref="OfPath"/> gives for the same files on disk.</returns>
    /// <exception cref="InvalidOperationException">The files are out of order, one is a folder of another, two have one path, or
    /// a content has not the announced size.</exception>
    /// <exception cref="EncoderFallbackException">A path holds half a surrogate pair and so has no bytes.</exception>
    public static async Task<NixHash> OfSnapshot(
        IEnumerable<NarFile> files,
        Func<NarFile, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> content,
        CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var writer = new NarWriter(hash.AppendData);
        var open = new Stack<string>();
        writer.BeginDirectory();
        foreach (var file in files)
        {
            var names = file.Path.Split('/');
            CloseDirectories(writer, open, open.Reverse().Zip(names[..^1]).TakeWhile(pair => pair.First == pair.Second).Count());
            foreach (var name in names[open.Count..^1])
            {
                writer.BeginEntry(StrictUtf8.GetBytes(name));
                writer.BeginDirectory();
                open.Push(name);
            }

            writer.BeginEntry(StrictUtf8.GetBytes(names[^1]));
            writer.BeginFile(file.Size, file.Executable);
            await foreach (var piece in content(file, cancellation).WithCancellation(cancellation))
                writer.Content(piece.Span);
            writer.EndFile();
            writer.EndEntry();
        }

        CloseDirectories(writer, open, 0);
        writer.EndDirectory();
        return NixHash.OfDigest(hash.GetHashAndReset());
    }

    private static void CloseDirectories(NarWriter writer, Stack<string> open, int remaining)
    {
        for (; open.Count > remaining; open.Pop())
        {
            writer.EndDirectory();
            writer.EndEntry();
        }
    }
}
