using System.Text;
using System.Text.RegularExpressions;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Validation.Checks;

/// <summary>The files of a model from which no program that reads them runs code: a list, so that what is not known is
/// not on it.</summary>
internal static partial class PlainFiles
{
    private const int LongestDrawing = 16 * 1024 * 1024;
    private const string HubResults = ".eval_results/";

    // Also what tokenizers call their vocabularies.
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        ".json",
        ".jsonl",
        ".md",
        ".markdown",
        ".txt",
        ".text",
        ".rst",
        ".log",
        ".yaml",
        ".yml",
        ".jinja",
        ".jinja2",
        ".j2",
        ".csv",
        ".tsv",
        ".bib",
        ".cff",
        ".vocab",
        ".bpe",
        ".merges",
        ".codes",
        ".tiktoken",
        ".model",
        ".spm",
        ".srt",
        ".vtt",
        ".asc",
        ".sha256",
        ".gitattributes",
        ".gitignore",
        ".gitkeep",
    };

    private static readonly HashSet<string> Media = new(StringComparer.Ordinal)
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".wav",
        ".ogg",
        ".opus",
        ".flac",
        ".mp3",
        ".mp4",
    };

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "readme",
        "notice",
        "copying",
        "copyright",
        "authors",
        "citation",
        "changelog",
        "version",
        "vocab",
        "merges",
    };

    // Texts by their names, which tools run or install from.
    private static readonly HashSet<string> Instructions = new(StringComparer.Ordinal)
    {
        "requirements",
        "constraints",
        "environment",
        "conda",
        "packages",
        "cmakelists",
        "docker-compose",
        "compose",
        "package",
        "mlmodel",
    };

    /// <summary>Whether a file is one of them, by its name and by its bytes.</summary>
    public static bool IsAllowed(ModelFile file, FileType type) =>
        type switch
        {
            _ when IsHidden(file) => false,
            FileType.Safetensors => file.Extension == ".safetensors",
            FileType.Gguf => file.Extension == ".gguf",
            FileType.Text when file.Extension == ".svg" => IsDrawing(file),
            FileType.Text => IsText(file),
            FileType.Empty => IsText(file),
            FileType.Data when Media.Contains(file.Extension) => IsMedia(file),
            FileType.Data when file.Extension is ".model" or ".spm" => SentencePiece.IsModel(file.FullPath),
            _ => false,
        };

    private static bool IsText(ModelFile file)
    {
        var stem = Path.GetFileNameWithoutExtension(file.Name);
        return IsLicence(file.Name)
            || (file.Extension.Length == 0 && Names.Contains(file.Name))
            || (Texts.Contains(file.Extension) && !Instructions.Contains(stem) && !IsRequirements(stem));
    }

    private static bool IsLicence(string name) =>
        name.StartsWith("license", StringComparison.Ordinal) || name.StartsWith("licence", StringComparison.Ordinal);

    private static bool IsRequirements(string stem) =>
        stem.StartsWith("requirements", StringComparison.Ordinal)
        || stem.EndsWith("requirements", StringComparison.Ordinal);

    // Editors and version control run what they find in such folders.
    private static bool IsHidden(ModelFile file) =>
        file.Folder != HubResults
        && (file.Folder.StartsWith('.') || file.Folder.Contains("/.", StringComparison.Ordinal));

    private static bool IsDrawing(ModelFile file) =>
        file.Size <= LongestDrawing
        && !Script().IsMatch(Encoding.UTF8.GetString(FileBytes.ReadAll(file.FullPath, LongestDrawing)));

    private static bool IsMedia(ModelFile file)
    {
        using var bytes = new FileBytes(file.FullPath);
        var head = bytes.Peek(0, 16);
        // MPEG audio may begin with a frame.
        return MagicNumbers.MediaOf(head) is not null || (file.Extension == ".mp3" && head is [0xFF, >= 0xE0, ..]);
    }

    [GeneratedRegex(
        @"<script|<foreignobject|<!entity|javascript:|\son[a-z]+\s*=",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Script();
}
