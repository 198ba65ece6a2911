using System.Text.Json.Serialization;

namespace NixAiModels.Images;

/// <summary>A layer of an image: a tar archive that is made, whenever it is needed, from files of the store.</summary>
/// <param name="Entries">What is in it, in its order.</param>
internal sealed record ImageLayer(IReadOnlyList<ImageLayer.Entry> Entries)
{
    private const int BufferSize = 1 << 20;

    /// <summary>A file, a link or a folder of a layer.</summary>
    /// <param name="Path">Its path in the image, relative to the root; a folder's ends in a slash.</param>
    /// <param name="Original">The file in the store that has its bytes.</param>
    /// <param name="Size">The file's size in bytes.</param>
    /// <param name="IsExecutable">Whether the file can be run.</param>
    /// <param name="Link">What a link holds.</param>
    internal sealed record Entry(
        string Path,
        string? Original = null,
        long Size = 0,
        bool IsExecutable = false,
        string? Link = null
    );

    /// <summary>The size of the archive in bytes.</summary>
    [JsonIgnore]
    public long Size =>
        TarWriter.EndSize
        + Entries.Sum(entry =>
            entry.Original is null
                ? TarWriter.SizeOf(entry.Path, entry.Link ?? "")
                : TarWriter.SizeOfFile(entry.Path, entry.Size)
        );

    /// <summary>The sha256 of the archive, "sha256:" and 64 digits.</summary>
    /// <exception cref="Failure">Exit code 7: a file cannot be read.</exception>
    public string Digest(CancellationToken cancellation)
    {
        using var hash = new DigestStream(null);
        Write(hash, cancellation);
        return hash.Digest;
    }

    /// <summary>Writes the archive.</summary>
    /// <exception cref="Failure">Exit code 7: a file cannot be read, or has another size.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Stream stream, CancellationToken cancellation)
    {
        var tar = new TarWriter(stream);
        foreach (var entry in Entries)
        {
            if (entry.Original is not null)
                tar.AddFile(entry.Path, entry.Size, entry.IsExecutable, to => Copy(entry, to, cancellation));
            else if (entry.Link is not null)
                tar.AddLink(entry.Path, entry.Link);
            else
                tar.AddFolder(entry.Path);
        }

        tar.End();
    }

    private static void Copy(Entry entry, Stream to, CancellationToken cancellation)
    {
        using var file = Open(entry.Original!);
        var left = entry.Size;
        var buffer = new byte[BufferSize];
        while (left > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Read(file, buffer.AsSpan(0, (int)Math.Min(left, BufferSize)), entry.Original!);
            to.Write(buffer, 0, count);
            left -= count;
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    private static int Read(FileStream file, Span<byte> buffer, string path)
    {
        try
        {
            var count = file.Read(buffer);
            return count > 0
                ? count
                : throw new Failure(
                    ExitCode.LocalIO,
                    $"shorter than when the image was built: {path}",
                    $"nix-store --verify-path {path}"
                );
        }
        catch (IOException exception)
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
