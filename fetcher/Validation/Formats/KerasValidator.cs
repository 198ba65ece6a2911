using System.IO.Compression;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Formats;

/// <summary><c>keras</c>: configurations in <c>.keras</c> archives, HDF5 files, JSON and SavedModels, and what
/// SavedModels do besides computing.</summary>
internal sealed class KerasValidator : IValidator
{
    private const int LongestConfig = 64 * 1024 * 1024;

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        EachFile.Check(
            tree.Files,
            "Keras model",
            findings,
            file =>
            {
                var type = tree.TypeOf(file);
                if (file.Extension == ".keras" && type != FileType.Hdf5)
                    CheckArchive(file, findings, mustBeKeras: true, cancellation);
                else if (type == FileType.Zip)
                    CheckArchive(file, findings, mustBeKeras: false, cancellation);
                else if (type == FileType.Hdf5 || file.Extension is ".h5" or ".hdf5")
                    CheckHdf5(file, findings, cancellation);
                else if (file.Extension == ".pb")
                    CheckSavedModel(file, findings, cancellation);
                else if (file.Extension == ".json")
                    CheckJson(file, findings, cancellation);
            },
            cancellation
        );
    }

    private static void CheckArchive(
        ModelFile file,
        FindingList findings,
        bool mustBeKeras,
        CancellationToken cancellation
    )
    {
        using var source = new FileSource(file.FullPath);
        ZipReader zip;
        try
        {
            zip = ZipReader.Read(source, cancellation);
        }
        catch (UnscannableException error) when (mustBeKeras)
        {
            throw new BrokenFileException(-1, error.Message);
        }
        catch (UnscannableException)
        {
            return; // the pickle scanner says what is wrong with a zip of another kind
        }

        var isKeras = mustBeKeras || zip.Entries.Any(entry => entry.Name == "metadata.json");
        if (!isKeras)
            return;
        if (!zip.Entries.Any(entry => entry.Name == "config.json"))
            throw new BrokenFileException(-1, "config.json is missing");
        foreach (var problem in mustBeKeras ? zip.Problems : [])
            throw new BrokenFileException(-1, problem);
        foreach (
            var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        )
        {
            var config = Decompress(source, entry);
            PythonConstants.Replace(config);
            using var json = StrictJson.Parse(config);
            KerasConfig.Check(json.RootElement, file, Printable.Escape(entry.Name), findings);
        }
    }

    private static byte[] Decompress(FileSource source, ZipEntry entry)
    {
        using var data = new SourceStream(
            source.Slice(entry.DataOffset, Math.Min(entry.CompressedSize, source.Length - entry.DataOffset))
        );
        using var stream = entry.Method switch
        {
            ZipEntry.Stored => data,
            ZipEntry.Deflated => (Stream)new DeflateStream(data, CompressionMode.Decompress),
            _ => throw new BrokenFileException(
                Printable.Escape(entry.Name),
                $"unsupported compression method {entry.Method}"
            ),
        };
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (stream.Read(buffer) is var read and > 0)
            {
                if (bytes.Length + read > LongestConfig)
                {
                    throw new BrokenFileException(
                        Printable.Escape(entry.Name),
                        $"configuration exceeds the limit of {LongestConfig} bytes"
                    );
                }

                bytes.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            throw new BrokenFileException(Printable.Escape(entry.Name), "entry cannot be decompressed");
        }

        return bytes.ToArray();
    }

    private static void CheckHdf5(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var bytes = new FileBytes(file.FullPath);
        if (Hdf5.StatedLength(bytes.Peek(0, 4096)) is { } stated && stated > (ulong)bytes.Length)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                "superblock",
                $"truncated HDF5 file: {bytes.Length} of {stated} bytes",
                "HDF5 refuses to open it.",
                "Download it again and compare its sha256 with the Hub's."
            );
        }

        if (Hdf5.FilteredHeap(bytes, cancellation) is { } heap)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                $"byte {heap}",
                "attributes or links in a compressed heap, which cannot be inspected",
                "A configuration could be hidden there; known writers of models do not compress heaps.",
                "Do not use this file."
            );
        }

        FindConfigs(file, bytes, findings, cancellation);
    }

    private static void CheckSavedModel(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var bytes = new FileBytes(file.FullPath);
        FindConfigs(file, bytes, findings, cancellation);
        bytes.Position = 0;
        IReadOnlyCollection<string> operators;
        try
        {
            operators = file.Name == "saved_model.pb" ? SavedModel.Reaching(bytes) : SavedModel.ReachingOfGraph(bytes);
        }
        catch (BrokenFileException) when (file.Name != "saved_model.pb")
        {
            return; // .pb is any protocol buffer's name
        }

        foreach (var name in operators)
        {
            findings.Add(
                Severity.Report,
                file.Path,
                $"operator {name}",
                $"TensorFlow graph with the operator {name}",
                "It reads or writes files, or calls Python, when the graph is run.",
                "Run it in a sandbox, or use the weights in safetensors."
            );
        }
    }

    private static void CheckJson(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var bytes = new FileBytes(file.FullPath);
        FindConfigs(file, bytes, findings, cancellation);
    }

    private static void FindConfigs(
        ModelFile file,
        FileBytes bytes,
        FindingList findings,
        CancellationToken cancellation
    )
    {
        foreach (var (offset, json) in JsonInBinary.Find(bytes, cancellation))
        {
            using (json)
                KerasConfig.Check(json.RootElement, file, $"byte {offset}", findings);
        }
    }
}
