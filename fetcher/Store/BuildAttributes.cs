using System.Text.Json;

namespace NixAiModels.Store;

/// <summary>The attributes of the derivation that is being built, as Nix hands them to a builder with
/// <c>__structuredAttrs</c>.</summary>
/// <remarks>Nix manual, "Advanced attributes": <c>.attrs.json</c> lies in the build's top folder. On Nix 2.8 in the
/// sandbox <c>NIX_ATTRS_JSON_FILE</c> names a path that does not exist there.</remarks>
public sealed class BuildAttributes
{
    private readonly JsonElement _root;

    private BuildAttributes(JsonElement root) => _root = root;

    /// <summary>Reads the attributes of the build that this process is the builder of.</summary>
    /// <exception cref="Failure">Exit code 2: this is not a build.</exception>
    public static BuildAttributes OfThisBuild()
    {
        var candidates = new[]
        {
            Environment.GetEnvironmentVariable("NIX_ATTRS_JSON_FILE"),
            Path.Combine(Environment.GetEnvironmentVariable("NIX_BUILD_TOP") ?? ".", ".attrs.json"),
        };
        var file =
            candidates.FirstOrDefault(File.Exists)
            ?? throw new Failure(
                ExitCode.Usage,
                "not in a Nix build: no .attrs.json in NIX_BUILD_TOP",
                "nix-prefetch-hf --help   # to fetch a model by hand"
            );
        return Parse(File.ReadAllBytes(file));
    }

    /// <summary>Reads attributes from JSON.</summary>
    /// <param name="json">The content of <c>.attrs.json</c>.</param>
    public static BuildAttributes Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return new BuildAttributes(document.RootElement.Clone());
    }

    /// <summary>The path of an output.</summary>
    /// <param name="name">The output's name, usually "out".</param>
    public string Output(string name) =>
        _root.TryGetProperty("outputs", out var outputs)
        && outputs.TryGetProperty(name, out var path)
        && path.GetString() is { } text
            ? text
            : throw new Failure(ExitCode.Usage, $"missing output of the derivation: {name}");

    /// <summary>Whether there is an attribute, other than null.</summary>
    /// <param name="name">The attribute's name.</param>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A string.</summary>
    /// <param name="name">The attribute's name.</param>
    public string Text(string name) =>
        OptionalText(name) ?? throw new Failure(ExitCode.Usage, $"missing attribute of the derivation: {name}");

    /// <summary>An optional string.</summary>
    /// <param name="name">The attribute's name.</param>
    public string? OptionalText(string name) =>
        Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>An optional number.</summary>
    /// <param name="name">The attribute's name.</param>
    public int? OptionalNumber(string name) => (int?)OptionalSize(name);

    /// <summary>An optional number of bytes.</summary>
    /// <param name="name">The attribute's name.</param>
    public long? OptionalSize(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt64() : null;

    /// <summary>A list of strings; empty where it is missing.</summary>
    /// <param name="name">The attribute's name.</param>
    public IReadOnlyList<string> List(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } value
            ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")]
            : [];

    /// <summary>Any value, as JSON; <see langword="null"/> where it is missing.</summary>
    /// <param name="name">The attribute's name.</param>
    public JsonElement? Find(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
