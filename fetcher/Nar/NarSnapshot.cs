using System.Text;

namespace NixAiModels.Nar;

/// <summary>Writes a snapshot whose bytes are still arriving as an archive.</summary>
public static class NarSnapshot
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Writes a directory with files; each file's content is asked for when its turn has come and is waited
    /// for as long as it takes.</summary>
    /// <param name="files">All files of the snapshot, in the order of <see cref="NarOrder"/>; none gives an empty
    /// directory.</param>
    /// <param name="content">Passes the bytes of a file to the sink from first to last, in pieces of any size; returns
    /// whether the archive is still wanted.</param>
    /// <param name="writer">A new archive's writer.</param>
    /// <param name="cancellation">Ends the work; it is passed on to <paramref name="content"/>.</param>
    /// <returns>Whether the archive is complete, that is, every content was wanted.</returns>
    /// <exception cref="InvalidOperationException">The files are out of order, one is a folder of another, two have one
    /// path, or a content has not the announced size.</exception>
    /// <exception cref="EncoderFallbackException">A path holds half a surrogate pair and so has no bytes.</exception>
    public static async Task<bool> WriteAsync(
        IEnumerable<NarFile> files,
        Func<NarFile, NarSink, CancellationToken, Task<bool>> content,
        NarWriter writer,
        CancellationToken cancellation = default
    )
    {
        var open = new Stack<string>();
        writer.BeginDirectory();
        foreach (var file in files)
        {
            var names = file.Path.Split('/');
            CloseDirectories(
                writer,
                open,
                open.Reverse().Zip(names[..^1]).TakeWhile(pair => pair.First == pair.Second).Count()
            );
            foreach (var name in names[open.Count..^1])
            {
                writer.BeginEntry(StrictUtf8.GetBytes(name));
                writer.BeginDirectory();
                open.Push(name);
            }

            writer.BeginEntry(StrictUtf8.GetBytes(names[^1]));
            writer.BeginFile(file.Size, file.Executable);
            if (!await content(file, writer.Content, cancellation))
                return false;
            writer.EndFile();
            writer.EndEntry();
        }

        CloseDirectories(writer, open, 0);
        writer.EndDirectory();
        return true;
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
