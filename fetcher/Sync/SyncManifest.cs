using System.Text.Json;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Locking;

namespace NixAiModels.Sync;

/// <summary>What the modules write for <c>nix-ai-models sync</c>: which models there are and where they shall be found
/// (docs/cache.md).</summary>
/// <param name="CacheDirectory">The directory that is configured, absolute and without a trailing slash;
/// <see langword="null"/> where no cache is wanted.</param>
/// <param name="Group">The group that may read the cache; <see langword="null"/> in a home.</param>
/// <param name="StateDirectory">Where sync notes what is its own; absolute.</param>
/// <param name="NixDirectory">The folder of Nix' commands; <see langword="null"/> for those on PATH.</param>
/// <param name="Auth">Where the token is.</param>
/// <param name="Models">The models.</param>
public sealed record SyncManifest(
    string? CacheDirectory,
    string? Group,
    string StateDirectory,
    string? NixDirectory,
    SyncAuth Auth,
    IReadOnlyList<SyncModel> Models
)
{
    /// <summary>Reads a manifest.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="Failure">Exit code 7: it cannot be read; 2: it is no manifest.</exception>
    public static SyncManifest Read(string file)
    {
        try
        {
            return Parse(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, file);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Wrong($"{file} is no manifest: {exception.Message}");
        }
    }

    /// <summary>Reads a manifest from JSON.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="Failure">Exit code 2: something in it makes no sense.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static SyncManifest Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != 1)
            throw Wrong("the manifest is of another version than this nix-ai-models reads");
        var auth = Find(root, "auth");
        var models = root.GetProperty("models").EnumerateArray().Select(Model).ToArray();
        if (models.GroupBy(model => model.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Wrong($"the manifest has two models called '{Printable.Escape(twice.Key)}'");
        return new SyncManifest(
            Text(root, "cacheDir") is { } cache ? Absolute("cacheDir", cache) : null,
            Text(root, "group"),
            Absolute("stateDir", Text(root, "stateDir") ?? ""),
            Text(root, "nix"),
            auth is null
                ? new SyncAuth(null, null, [])
                : new SyncAuth(
                    Text(auth.Value, "tokenFile"),
                    Text(auth.Value, "tokenEnvVar"),
                    List(auth.Value, "trustedPublicKeys")
                ),
            models
        );
    }

    private static SyncModel Model(JsonElement json)
    {
        var name = Needed(json, "name");
        var commit = Needed(json, "rev");
        if (commit.Length != 40 || !commit.All(char.IsAsciiHexDigitLower))
            throw Wrong($"model '{Printable.Escape(name)}': rev is no commit of 40 hexadecimal digits");
        var refs = List(json, "refs");
        if (refs.FirstOrDefault(reference => !RelativePath.IsSafe(reference)) is { } bad)
            throw Wrong($"model '{Printable.Escape(name)}': '{Printable.Escape(bad)}' is no name of a branch or tag");
        return new SyncModel(
            name,
            RepositoryId.Parse(Needed(json, "repo"), Text(json, "repoType")),
            commit,
            refs,
            Find(json, "partial")?.GetBoolean() ?? false,
            Absolute("out", Needed(json, "out")),
            Text(json, "report"),
            Absolute("raw", Needed(json, "raw")),
            Text(json, "drv"),
            Find(json, "source") is { } source ? Source(source) : null,
            Find(json, "locked") is { } locked
                ? new LockedSource(
                    LockReader.ReadEntry(locked.GetProperty("entry"), name),
                    Find(locked, "connections")?.GetInt32(),
                    Text(locked, "bandwidthLimit")
                )
                : null
        );
    }

    private static ModelSource Source(JsonElement json) =>
        new(
            RepositoryId.Parse(Needed(json, "repo"), Text(json, "repoType")),
            Text(json, "rev") ?? "main",
            List(json, "files"),
            List(json, "include"),
            List(json, "exclude"),
            Text(json, "endpoint"),
            Find(json, "connections")?.GetInt32(),
            Text(json, "bandwidthLimit"),
            Text(json, "caBundle"),
            Needed(json, "name"),
            Needed(json, "outputHash")
        );

    private static string Absolute(string name, string path) =>
        Path.IsPathRooted(path)
            ? Path.GetFullPath(path).TrimEnd('/')
            : throw Wrong($"{name} in the manifest is no absolute path: '{Printable.Escape(path)}'");

    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement json, string name) => Find(json, name)?.GetString();

    private static string Needed(JsonElement json, string name) =>
        Text(json, name) ?? throw Wrong($"'{name}' is missing in the manifest");

    private static IReadOnlyList<string> List(JsonElement json, string name) =>
        Find(json, name) is { } list ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];

    private static Failure Wrong(string what) =>
        new(
            ExitCode.Usage,
            what,
            "the modules write the manifest: take module and package from the same revision of nix-ai-models"
        );
}
