using System.Globalization;
using NixAiModels.Paths;

namespace NixAiModels.Validation.Formats;

/// <summary><c>onnx</c>: the structure, where external data lies, and operators that are not the standard's.</summary>
internal sealed class OnnxValidator : IValidator
{
    private const string Why =
        "The runtime reads the named file as weights; a path outside the folder reads files of the machine "
        + "into the model.";

    private const string Fix = "Do not use this model, or export it again with its data next to it.";

    private static readonly HashSet<string> StandardDomains = new(StringComparer.Ordinal)
    {
        "",
        "ai.onnx",
        "ai.onnx.ml",
        "ai.onnx.training",
        "ai.onnx.preview",
        "ai.onnx.preview.training",
    };

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files.Where(file => file.Extension == ".onnx"),
            "ONNX model",
            findings,
            file =>
            {
                var model = OnnxModel.Read(file.FullPath);
                foreach (var tensor in model.External)
                    CheckTensor(tree, file, tensor, findings);
                CheckOperators(file, model, findings);
            },
            cancellation
        );

    private static void CheckTensor(ModelTree tree, ModelFile file, OnnxExternalData tensor, FindingList findings)
    {
        foreach (var key in tensor.Entries.Select(entry => entry.Key).Distinct(StringComparer.Ordinal))
        {
            if (tensor.Entries.Count(entry => entry.Key == key) > 1)
            {
                findings.Add(
                    Severity.Suspicious,
                    file.Path,
                    tensor.Place,
                    $"external data with a duplicate '{Printable.Escape(key)}'; readers differ in which one they use",
                    Why,
                    Fix
                );
            }

            if (key is not ("location" or "offset" or "length" or "checksum"))
            {
                findings.Add(
                    Severity.Report,
                    file.Path,
                    tensor.Place,
                    $"external data with the unknown key '{Printable.Escape(key)}'",
                    "Old versions of onnx set any such key as an attribute of an internal object.",
                    "Use onnx 1.19 or newer, or export the model again."
                );
            }
        }

        var locations = tensor.Entries.Where(entry => entry.Key == "location").Select(entry => entry.Value).ToList();
        if (locations.Count == 0)
        {
            findings.Add(Severity.Suspicious, file.Path, tensor.Place, "external data without a location", Why, Fix);
        }

        foreach (var location in locations)
            CheckLocation(tree, file, tensor, location, findings);
    }

    private static void CheckLocation(
        ModelTree tree,
        ModelFile file,
        OnnxExternalData tensor,
        string location,
        FindingList findings
    )
    {
        var shown = Printable.Escape(location);
        var path = RelativePath.Resolve(file.Folder, location);
        if (path is null || RelativePath.HasDrive(location))
        {
            findings.Add(
                Severity.Dangerous,
                file.Path,
                tensor.Place,
                $"external data '{shown}' is outside the model's folder",
                Why,
                Fix
            );
        }
        else if (location.Contains('\\'))
        {
            findings.Add(
                Severity.Report,
                file.Path,
                tensor.Place,
                $"external data '{shown}' has Windows separators",
                Why,
                "On Linux this is one file name; on Windows it may leave the folder. Export the model again."
            );
        }
        else if (RelativePath.Resolve("", location) is null)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"external data '{shown}' is above the folder of the model file",
                Why,
                Fix
            );
        }
        else if (tree.Find(path) is not { HasContent: true } data)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"external data '{shown}' is missing",
                "The model cannot be loaded.",
                $"Select {shown} too."
            );
        }
        else
        {
            CheckExtent(file, tensor, data, findings);
        }
    }

    private static void CheckExtent(ModelFile file, OnnxExternalData tensor, ModelFile data, FindingList findings)
    {
        var offset = Extent("offset");
        var length = Extent("length");
        if (offset is null || length is null)
            return;
        var wanted = tensor.Entries.Any(entry => entry.Key == "length") ? (UInt128)length.Value : tensor.Bytes() ?? 0;
        if ((UInt128)offset.Value + wanted > (ulong)data.Size)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"{wanted} bytes at byte {offset} exceed the {data.Size} bytes of {Printable.Escape(data.Path)}",
                "The data is truncated, or the model makes the reader read past its end.",
                Fix
            );
        }

        ulong? Extent(string key)
        {
            var value = tensor.Entries.LastOrDefault(entry => entry.Key == key).Value ?? "0";
            if (
                ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= long.MaxValue
            )
            {
                return number;
            }

            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"external data with an invalid {key} '{Printable.Escape(value)}'",
                Why,
                Fix
            );
            return null;
        }
    }

    private static void CheckOperators(ModelFile file, OnnxModel model, FindingList findings)
    {
        var custom = model
            .Operators.Where(used => !StandardDomains.Contains(used.Domain) && !model.Functions.Contains(used))
            .GroupBy(used => used.Domain, StringComparer.Ordinal);
        foreach (var domain in custom)
        {
            var names = string.Join(
                ", ",
                domain.Select(used => Printable.Escape(used.Operator)).Order(StringComparer.Ordinal).Take(10)
            );
            findings.Add(
                Severity.Report,
                file.Path,
                $"domain {Printable.Escape(domain.Key)}",
                $"uses operators of the domain {Printable.Escape(domain.Key)}: {names}",
                "They are not part of the standard: they are built into the runtime (com.microsoft) or need "
                    + "a custom library.",
                "Load only custom-op libraries that you trust for this model."
            );
        }
    }
}
