using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Validation.Checks;

/// <summary>Formats of other programs whose files can run code when they are loaded, and are not looked into.</summary>
internal static partial class RunnableFormats
{
    private const int Window = 1 << 20;
    private const int LongestName = 64;

    private static readonly Dictionary<string, (string What, string Why)> ByExtension = new(StringComparer.Ordinal)
    {
        [".rds"] = ("R data", "readRDS can run code that the file brings along (CVE-2024-27322)."),
        [".rda"] = ("R data", "load can run code that the file brings along (CVE-2024-27322)."),
        [".rdata"] = ("R data", "load can run code that the file brings along (CVE-2024-27322)."),
        [".engine"] = ("TensorRT engine", "An engine is machine code, and may contain plugins."),
        [".plan"] = ("TensorRT engine", "An engine is machine code, and may contain plugins."),
        [".trt"] = ("TensorRT engine", "An engine is machine code, and may contain plugins."),
        [".t7"] = ("Torch7 file", "torch.load of Lua makes functions from bytecode in the file."),
        [".pbtxt"] = ("protocol buffer as text", "TensorFlow loads graphs from it, whose operators can reach files."),
        [".jls"] = ("serialised Julia objects", "Deserialising them can run code that the file brings along."),
        [".bson"] = ("serialised Julia objects", "BSON.jl makes functions from code in the file."),
        [".ipynb"] = ("Jupyter notebook", "Its cells run when somebody opens and runs it."),
        [".mar"] = ("TorchServe archive", "TorchServe runs the handler that it contains."),
    };

    /// <summary>Adds what a file's name, or its first bytes, say.</summary>
    public static void Check(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var source = new FileSource(file.FullPath);
        var head = source.Peek(0, 8);
        if (ByExtension.TryGetValue(file.Extension, out var format))
            Add(file, null, format.What, format.Why, findings);
        else if (head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xAC, 0xED, 0x00, 0x05]))
            Add(file, "byte 0", "serialised Java objects", "Deserialising them runs code of their classes.", findings);
        else if (file.Extension == ".prototxt" && HasPythonLayer(file))
            Add(file, null, "Caffe network with a Python layer", "Caffe imports the module that it names.", findings);
        else if (file.Extension == ".skops" && head.AsSpan().StartsWith("PK"u8))
            CheckSkops(file, source, findings, cancellation);
        else if (head.AsSpan().EndsWith("TFL3"u8))
            CheckTfLite(file, source, findings, cancellation);
    }

    private static bool HasPythonLayer(ModelFile file)
    {
        using var bytes = new FileBytes(file.FullPath);
        return PythonLayer().IsMatch(Encoding.Latin1.GetString(bytes.Peek(0, 16 * Window)));
    }

    // skops/io/_general.py: schema.json names every type; those outside of its own list load only if trusted.
    private static void CheckSkops(
        ModelFile file,
        FileSource source,
        FindingList findings,
        CancellationToken cancellation
    )
    {
        var schema = ZipReader.Read(source, cancellation).Entries.FirstOrDefault(entry => entry.Name == "schema.json");
        if (schema is null)
            return;
        using var content = schema.IsStored
            ? (Stream)new SourceStream(source.Slice(schema.DataOffset, schema.CompressedSize))
            : ZipMethods.Open(schema, source.Slice(schema.DataOffset, schema.CompressedSize));
        try
        {
            using var json = JsonDocument.Parse(content);
            CheckTypes(json.RootElement, file, findings);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new BrokenFileException("schema.json", "invalid JSON");
        }
    }

    private static void CheckTypes(JsonElement element, ModelFile file, FindingList findings)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                CheckTypes(item, file, findings);
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        var module = Text(element, "__module__");
        var name = Text(element, "__class__") ?? string.Empty;
        if (module is not null && GlobalRules.Classify(module, name, AllowedNames.None).Severity > Severity.Report)
        {
            Add(
                file,
                "schema.json",
                $"skops type {Printable.Escape($"{module}.{name}")}",
                "skops imports and makes it if the caller trusts the type.",
                findings
            );
        }

        foreach (var property in element.EnumerateObject())
            CheckTypes(property.Value, file, findings);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // An operator of TensorFlow in a TensorFlow Lite model is a custom one whose name begins with Flex.
    private static void CheckTfLite(
        ModelFile file,
        FileSource source,
        FindingList findings,
        CancellationToken cancellation
    )
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var buffer = new byte[Window + LongestName];
        for (long position = 0; position < source.Length; position += Window)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = buffer.AsSpan(0, source.Read(position, buffer));
            foreach (Match match in FlexName().Matches(Encoding.Latin1.GetString(bytes)))
                names.Add(match.Value);
        }

        foreach (var name in names)
        {
            Add(
                file,
                $"operator {name}",
                $"TensorFlow operator {name} in a TensorFlow Lite model",
                "Operators of TensorFlow can read and write files.",
                findings
            );
        }
    }

    private static void Add(ModelFile file, string? place, string what, string why, FindingList findings) =>
        findings.Add(Severity.Report, file.Path, place, what, why, "Exclude it, or load it in a sandbox.");

    [GeneratedRegex(@"\btype\s*:\s*[""']Python[""']|\bpython_param\b", RegexOptions.CultureInvariant)]
    private static partial Regex PythonLayer();

    [GeneratedRegex(@"Flex[A-Z][A-Za-z0-9]{2,58}(?=\0|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex FlexName();
}
