using System.Globalization;

namespace NixAiModels.Validation.Formats;

/// <summary><c>onnx</c>: the structure, where external data lies, and operators that are not the standard's.</summary>
internal sealed class OnnxValidator : IValidator
{
    private const string Why =
        "The runtime opens the named file and reads it as weights: a path out of the folder reads the machine's own files into the model.";

    private const string Fix = "Do not use this model; export it again with its data beside it.";

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
                    $"has external data with '{Printable.Escape(key)}' twice; readers take the one or the other",
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
                    $"has external data with the unknown key '{Printable.Escape(key)}'",
                    "Old versions of onnx set any such key as an attribute of an object of theirs.",
                    "Use onnx 1.19 or newer, or export the model again."
                );
            }
        }

        var locations = tensor.Entries.Where(entry => entry.Key == "location").Select(entry => entry.Value).ToList();
        if (locations.Count == 0)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                "has external data without a location",
                Why,
                Fix
            );
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
        if (!RelativePath.StaysInside(file.Folder, location) || IsDrive(location))
        {
            findings.Add(
                Severity.Dangerous,
                file.Path,
                tensor.Place,
                $"takes its data from '{shown}', outside the model's folder",
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
                $"takes its data from '{shown}', with Windows' separators",
                Why,
                "On Linux this is one odd file name; on Windows it may leave the folder. Export the model again."
            );
        }
        else if (!RelativePath.StaysInside(location))
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"takes its data from '{shown}', above the model file's own folder",
                Why,
                Fix
            );
        }
        else if (tree.Find(RelativePath.Join(file.Folder, location)) is not { HasContent: true } data)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                tensor.Place,
                $"takes its data from '{shown}', which is not there",
                "The model cannot be loaded.",
                $"Select {shown} too."
            );
        }
        else
        {
            CheckExtent(file, tensor, data, findings);
        }
    }

    private static bool IsDrive(string location) =>
        location.Length > 1 && char.IsAsciiLetter(location[0]) && location[1] == ':';

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
                $"wants {wanted} bytes from byte {offset} of {Printable.Escape(data.Path)}, which has {data.Size}",
                "The data is cut, or the reader is made to read past it.",
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
                $"has external data with the {key} '{Printable.Escape(value)}', which is no number of bytes",
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
                "The standard does not define them: the runtime has them built in (com.microsoft in ONNX Runtime) or loads a library that the user names.",
                "Load no custom-op library for this model that you do not trust."
            );
        }
    }
}
