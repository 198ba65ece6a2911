using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NixAiModels.TestHub;

/// <summary>A repository's <c>repo.json</c>; every field has a default, so that the file may be missing.</summary>
internal sealed class RepositorySettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly HashSet<string> LfsExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".safetensors",
        ".bin",
        ".onnx",
        ".onnx_data",
        ".gguf",
        ".pt",
        ".pth",
        ".ckpt",
        ".h5",
        ".keras",
        ".msgpack",
        ".npy",
        ".npz",
        ".pkl",
        ".pickle",
        ".parquet",
        ".arrow",
        ".joblib",
        ".ot",
        ".pb",
        ".tflite",
        ".model",
        ".zip",
        ".tar",
        ".gz",
        ".7z",
        ".zst",
    };

    public bool Private { get; init; }

    /// <summary>"auto" or "manual" if a licence must be accepted.</summary>
    public string? Gated { get; init; }

    public bool Disabled { get; init; }
    public string? RenamedTo { get; init; }

    /// <summary>Tokens that may read everything.</summary>
    public string[] Tokens { get; init; } = [];

    /// <summary>Tokens of accounts that have not accepted the licence.</summary>
    public string[] UnacceptedTokens { get; init; } = [];

    /// <summary>Fine-grained tokens without the permission for gated repositories.</summary>
    public string[] LimitedTokens { get; init; } = [];

    public Dictionary<string, string> Branches { get; init; } = [];
    public Dictionary<string, string> Tags { get; init; } = [];
    public string[] Lfs { get; init; } = [];
    public string[] Regular { get; init; } = [];
    public string[] Executable { get; init; } = [];
    public Fault[] Faults { get; init; } = [];

    [JsonIgnore]
    public IEnumerable<string> KnownTokens => [.. Tokens, .. UnacceptedTokens, .. LimitedTokens];

    /// <exception cref="FormatException">The file is invalid.</exception>
    public static RepositorySettings Parse(string text, string file)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<RepositorySettings>(text, Json) ?? new();
            foreach (var fault in settings.Faults)
                Fault.Checked(fault);
            return settings;
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }

    public bool IsLfs(string path, long size)
    {
        if (Any(Regular, path))
            return false;
        return Any(Lfs, path) || size >= 1 << 20 || LfsExtensions.Contains(Path.GetExtension(path));
    }

    public bool IsExecutable(string path) => Any(Executable, path);

    private static bool Any(string[] patterns, string path) =>
        patterns.Any(pattern =>
            pattern == path || FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)
        );
}
