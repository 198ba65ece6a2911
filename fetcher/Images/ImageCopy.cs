using System.Text.Json;
using NixAiModels.Posix;

namespace NixAiModels.Images;

/// <summary>Puts an image of the store together with the layers that it describes: as an archive that is streamed, or
/// as a layout on disk. Every layer is compared with its digest.</summary>
internal sealed class ImageCopy
{
    private readonly string _image;
    private readonly ImageLayout.Described[] _layers;

    /// <param name="image">What <c>ociImage</c> built.</param>
    /// <exception cref="Failure">Exit code 2: it is something else; 7: it cannot be read.</exception>
    public ImageCopy(string image)
    {
        _image = image;
        var file = Path.Combine(image, ImageLayout.LayersFile);
        try
        {
            _layers =
                JsonSerializer.Deserialize(File.ReadAllBytes(file), ImageJson.Default.DescribedArray)
                ?? throw new JsonException();
        }
        catch (Exception exception)
            when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Failure(
                ExitCode.Usage,
                $"not an image of ociImage: {image}",
                "nix-build -E 'ociImage { models = { … }; }'",
                exception
            );
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, file);
        }
    }

    /// <summary>The number of its layers.</summary>
    public int Count => _layers.Length;

    /// <summary>The bytes of its layers.</summary>
    public long Size => _layers.Sum(layer => layer.Size);

    /// <summary>The bytes of layers that a folder does not have.</summary>
    public long Missing(string folder) =>
        Directory.Exists(folder) ? _layers.Where(layer => !Has(folder, layer)).Sum(layer => layer.Size) : Size;

    /// <summary>Writes an archive for <c>podman load</c> and <c>docker load</c>.</summary>
    /// <exception cref="Failure">Exit code 6: the bytes of a layer are not what they were; 7: a file cannot be
    /// read.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Stream archive, CancellationToken cancellation)
    {
        var tar = new TarWriter(archive);
        foreach (var name in Small())
        {
            var bytes = File.ReadAllBytes(Path.Combine(_image, name));
            tar.AddFile(name, bytes.Length, isExecutable: false, to => to.Write(bytes));
        }

        // Two models may have an identical file, and so two layers of one digest.
        foreach (var layer in _layers.DistinctBy(layer => layer.Digest))
        {
            tar.AddFile(
                ImageLayout.BlobPath(layer.Digest),
                layer.Size,
                isExecutable: false,
                to => Write(layer, to, cancellation)
            );
        }

        tar.End();
        archive.Flush();
    }

    /// <summary>Writes an OCI image layout. Layers that are there already stay, also those of another image.</summary>
    /// <exception cref="Failure">Exit code 6: the bytes of a layer are not what they were; 7: the file system
    /// refused.</exception>
    public void Write(string folder, CancellationToken cancellation)
    {
        var place = folder;
        try
        {
            foreach (var layer in _layers)
            {
                place = Path.Combine(folder, ImageLayout.BlobPath(layer.Digest));
                if (Has(folder, layer))
                    continue;
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                using (var file = File.Create(place + ".new"))
                {
                    Write(layer, file, cancellation);
                    file.Flush(flushToDisk: true);
                }

                Rename.Replace(place + ".new", place);
            }

            // The index comes last: what it names is there.
            foreach (var name in Small().OrderBy(name => name == "index.json"))
            {
                place = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                AtomicFile.Write(place, File.ReadAllBytes(Path.Combine(_image, name)));
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, place);
        }
    }

    private static bool Has(string folder, ImageLayout.Described layer) =>
        FileStatus.FindEntry(Path.Combine(folder, ImageLayout.BlobPath(layer.Digest)))
            is { Kind: FileKind.Regular } there
        && there.Size == layer.Size;

    private static void Write(ImageLayout.Described layer, Stream to, CancellationToken cancellation)
    {
        using var verified = new DigestStream(to);
        layer.Content.Write(verified, cancellation);
        var digest = verified.Digest;
        if (digest == layer.Digest)
            return;
        var files = layer.Content.Entries.Where(entry => entry.Original is not null).Select(entry => entry.Original!);
        throw new Failure(
            ExitCode.Integrity,
            $"a layer is {digest} and was {layer.Digest} when the image was built: {files.First()}",
            $"nix-store --verify-path {string.Join(' ', files.Take(3))}"
        );
    }

    private IEnumerable<string> Small() =>
        Directory
            .EnumerateFiles(_image, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_image, file))
            .Where(name => name != ImageLayout.LayersFile)
            .Order(StringComparer.Ordinal);
}
