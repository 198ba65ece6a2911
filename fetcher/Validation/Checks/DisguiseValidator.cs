namespace NixAiModels.Validation.Checks;

/// <summary><c>disguise</c>: what a file is by its bytes is compared with what its name says.</summary>
internal sealed class DisguiseValidator : IValidator
{
    private const string Fix =
        "Do not use this file; if you know what it is, give it its true name or leave it out (exclude).";

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
                "holds Git LFS' pointer in place of its content",
                "The file was never downloaded; a loader fails on it, or takes it for something else.",
                "Fetch the content: git lfs pull, or nix-prefetch-hf in place of git."
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
                $"is a program ({Describe(type)}) under a name that says otherwise",
                "A program in place of data waits for somebody to run it.",
                Fix
            );
        }
        else if (IsModel(type) && ProgramNames.IsTextOrPicture(file))
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "byte 0",
                $"is {Describe(type)} under the name of a text or picture",
                "Whoever opens it by its bytes loads something that nobody expects there.",
                Fix
            );
        }
        else if ((file.Extension is ".h5" or ".hdf5") && type != FileType.Hdf5)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "byte 0",
                "is no HDF5 file, as its name says",
                "It was damaged, or made to be loaded by something else.",
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
                $"is {Describe(type)} under the name of a PyTorch file",
                "Programs that go by names will not load it.",
                "Give it its true name."
            );
        }
    }

    private static bool IsModel(FileType type) =>
        type is FileType.Safetensors or FileType.Gguf or FileType.Zip or FileType.Hdf5 or FileType.Npy;

    private static string Describe(FileType type) =>
        type switch
        {
            FileType.Elf => "ELF, of Linux",
            FileType.Pe => "of Windows",
            FileType.MachO => "of macOS",
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
