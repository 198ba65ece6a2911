using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Checks;

/// <summary><c>disguise</c>: what a file is by its bytes is compared with what its name says.</summary>
internal sealed class DisguiseValidator : IValidator
{
    private const string Fix = "Do not use this file. If you know what it is, rename it or exclude it.";

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(tree.Files, "file", findings, file => Check(file, tree.TypeOf(file), findings), cancellation);

    private static void Check(ModelFile file, FileType type, FindingList findings)
    {
        if (type == FileType.LfsPointer)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                null,
                "is a Git LFS pointer instead of the content",
                "The content was never downloaded; a loader fails on it or misreads it.",
                "Fetch the content: git lfs pull, or use nix-prefetch-hf instead of git."
            );
        }
        else if (FileTypeProbe.IsProgram(type) && !ProgramNames.IsProgram(file))
        {
            // A text may quote a script from its first line on, and does nothing by itself.
            var severity =
                type == FileType.Script && ProgramNames.IsTextOrPicture(file) ? Severity.Report : Severity.Suspicious;
            findings.Add(
                severity,
                file.Path,
                "byte 0",
                $"is a program ({Describe(type)}) with the name of data",
                "A program disguised as data may get run by accident.",
                Fix
            );
        }
        else if (IsModel(type) && ProgramNames.IsTextOrPicture(file))
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "byte 0",
                $"is {Describe(type)} with the name of a text or picture",
                "Programs that open files by content load something unexpected.",
                Fix
            );
        }
        else if (ProgramNames.IsWeights(file) && Document(file) is { } document)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "byte 0",
                $"is {document} with the name of weights",
                "It is damaged, or meant for another program.",
                Fix
            );
        }
        else if ((file.Extension is ".h5" or ".hdf5") && type != FileType.Hdf5)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "byte 0",
                "is not an HDF5 file, despite its name",
                "It is damaged, or meant for another program.",
                Fix
            );
        }
        else if (
            (file.Extension is ".bin" or ".pt" or ".pth" or ".ckpt")
            && (type is FileType.Safetensors or FileType.Gguf or FileType.Hdf5)
        )
        {
            findings.Add(
                Severity.Note,
                file.Path,
                "byte 0",
                $"is {Describe(type)} with the name of a PyTorch file",
                "Programs that open files by name will not load it.",
                "Rename it."
            );
        }
    }

    private static string? Document(ModelFile file)
    {
        using var bytes = new FileBytes(file.FullPath);
        var head = bytes.Peek(0, 16);
        return MagicNumbers.MediaOf(head) ?? MagicNumbers.DocumentOf(head);
    }

    private static bool IsModel(FileType type) =>
        type is FileType.Safetensors or FileType.Gguf or FileType.Zip or FileType.Hdf5 or FileType.Npy;

    private static string Describe(FileType type) =>
        type switch
        {
            FileType.Elf => "Linux, ELF",
            FileType.Pe => "Windows",
            FileType.MachO => "macOS",
            FileType.Wasm => "WebAssembly",
            FileType.Java => "Java",
            FileType.Script => "a script",
            FileType.Safetensors => "a safetensors file",
            FileType.Gguf => "a GGUF file",
            FileType.Zip => "a zip",
            FileType.Hdf5 => "an HDF5 file",
            _ => "a numpy array",
        };
}
