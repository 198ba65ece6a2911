using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Checks;

/// <summary>What the name of a file claims it to be: weights, a program, or text.</summary>
internal static partial class ProgramNames
{
    private static readonly HashSet<string> Programs = new(StringComparer.Ordinal)
    {
        "",
        ".exe",
        ".dll",
        ".so",
        ".dylib",
        ".node",
        ".com",
        ".bat",
        ".cmd",
        ".ps1",
        ".sh",
        ".bash",
        ".zsh",
        ".command",
        ".py",
        ".pyw",
        ".pyd",
        ".pl",
        ".rb",
        ".js",
        ".mjs",
        ".lua",
        ".llamafile",
        ".out",
        ".elf",
        ".run",
        ".appimage",
        ".wasm",
        ".class",
        ".jar",
        ".dex",
        ".apk",
        ".msi",
        ".scr",
        ".o",
        ".a",
        ".ko",
    };

    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        ".json",
        ".jsonl",
        ".txt",
        ".md",
        ".yaml",
        ".yml",
        ".toml",
        ".csv",
        ".tsv",
        ".xml",
        ".html",
        ".jinja",
        ".jinja2",
        ".j2",
        ".cfg",
        ".ini",
        ".rst",
        ".py",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".svg",
    };

    /// <summary>Whether a file of this name may hold a program without hiding it.</summary>
    public static bool IsProgram(ModelFile file) =>
        Programs.Contains(file.Extension)
        || Version().IsMatch(file.Name)
        || (
            file.Extension.Length > 1
            && file.Extension.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            && file.Name.Contains(".so.", StringComparison.Ordinal)
        );

    /// <summary>Whether the name is that of a script or a program.</summary>
    public static bool IsProgramByName(ModelFile file) =>
        file.Extension.Length > 0
        && !Version().IsMatch(file.Name)
        && file.Extension is not (".py" or ".js" or ".mjs" or ".a" or ".o" or ".out" or ".class")
        && IsProgram(file);

    /// <summary>Whether the name says text or a picture: nothing that holds tensors.</summary>
    public static bool IsTextOrPicture(ModelFile file) => Texts.Contains(file.Extension);

    /// <summary>Whether the name says weights, of any format.</summary>
    public static bool IsWeights(ModelFile file) =>
        file.Extension
            is ".bin"
                or ".pt"
                or ".pth"
                or ".ckpt"
                or ".pkl"
                or ".joblib"
                or ".safetensors"
                or ".gguf"
                or ".onnx"
                or ".npz"
                or ".npy"
                or ".tflite"
                or ".pb"
                or ".msgpack";

    /// <summary>Whether Python would import it or run it.</summary>
    public static bool IsPython(ModelFile file) =>
        file.Extension is ".py" or ".pyc" or ".pyo" or ".pyw" or ".pyd" or ".pyx" or ".pyz" or ".egg" or ".whl";

    // llamafile-0.8.4: what follows the last dot is not an extension.
    [GeneratedRegex(@"[-_]v?[0-9]+(\.[0-9]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
