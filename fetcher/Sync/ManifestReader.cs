using System.Text.Json;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Paths;
using NixAiModels.Snapshots;

namespace NixAiModels.Sync;

/// <summary>Turns the JSON of a manifest into the models that it configures; fields that it does not know are passed
/// over.</summary>
/// <param name="file">Where it was read, for messages.</param>
internal sealed class ManifestReader(string file)
{
    private const int SupportedVersion = 1;

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="Failure">Exit code 2: a field is missing, mistyped or invalid.</exception>
    internal SyncManifest Parse(ReadOnlySpan<byte> json)
    {
        var root = Deserialize(json);
        if (root.Version != SupportedVersion)
            throw Invalid("version", root.Version is null ? "missing" : $"not {SupportedVersion}");
        var models = (root.Models ?? throw Invalid("models", "missing"))
            .Select((model, index) => Model(model ?? new ManifestJson.ModelJson(), $"models[{index}]"))
            .ToArray();
        if (models.GroupBy(model => model.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Invalid("models", $"two are called '{Printable.Escape(twice.Key)}'");
        var auth = root.Auth ?? new ManifestJson.AuthJson();
        return new SyncManifest(
            root.CacheDir is null ? null : Absolute(root.CacheDir, "cacheDir"),
            root.Group,
            Absolute(root.StateDir, "stateDir"),
            root.Nix,
            new SyncAuth(auth.TokenFile, auth.TokenEnvVar, List(auth.Endpoints), List(auth.TrustedPublicKeys)),
            models
        )
        {
            Package = root.Package,
        };
    }

    private ManifestJson Deserialize(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SyncJson.Default.ManifestJson) ?? throw Invalid("$", "null");
        }
        catch (JsonException exception)
        {
            // A mistyped field has a path; other text has none, or breaks off somewhere.
            var isSyntax = exception.InnerException is JsonException;
            throw Invalid(
                exception.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 } path ? path : "JSON",
                isSyntax ? exception.Message : "wrong type",
                exception
            );
        }
    }

    private SyncModel Model(ManifestJson.ModelJson json, string place)
    {
        var name = Needed(json.Name, $"{place}.name");
        return new SyncModel(
            name,
            json.Repo is null && json.Rev is null ? null : Cached(json, place),
            Absolute(json.Out, $"{place}.out"),
            json.Report,
            Absolute(json.Raw, $"{place}.raw"),
            json.Drv,
            json.Source is null ? null : Source(json.Source, $"{place}.source"),
            json.Locked is null ? null : Locked(json.Locked, name, $"{place}.locked")
        );
    }

    private CachedRevision Cached(ManifestJson.ModelJson json, string place)
    {
        var revision = Needed(json.Rev, $"{place}.rev");
        var commit =
            CommitId.TryParse(revision)
            ?? throw Invalid(
                $"{place}.rev",
                $"'{Printable.Escape(revision)}' is not a commit of 40 hexadecimal digits"
            );
        var refs = List(json.Refs);
        if (refs.FirstOrDefault(reference => !RelativePath.IsNormal(reference)) is { } bad)
            throw Invalid($"{place}.refs", $"'{Printable.Escape(bad)}' is not the name of a branch or tag");
        return new CachedRevision(
            RepositoryId.Parse(Needed(json.Repo, $"{place}.repo"), json.RepoType),
            commit,
            refs,
            json.Partial ?? false
        )
        {
            Pinned = json.Pinned ?? true,
        };
    }

    private ModelSource Source(ManifestJson.SourceJson json, string place) =>
        new(
            RepositoryId.Parse(Needed(json.Repo, $"{place}.repo"), json.RepoType),
            json.Rev ?? "main",
            new Selection(List(json.Files), List(json.Include), List(json.Exclude))
            {
                Quant = json.Quant,
                Mmproj = json.Mmproj,
            },
            json.Endpoint,
            json.Connections,
            json.BandwidthLimit,
            json.Transport,
            json.CaBundle,
            Needed(json.Name, $"{place}.name"),
            Needed(json.OutputHash, $"{place}.outputHash")
        );

    private LockedSource Locked(ManifestJson.LockedJson json, string name, string place) =>
        new(
            LockReader.ReadEntry(json.Entry ?? throw Invalid($"{place}.entry", "missing"), name) as RepositoryEntry
                ?? throw Invalid($"{place}.entry", "not of a repository"),
            json.Connections,
            json.BandwidthLimit,
            json.Transport
        );

    private string Absolute(string? path, string field) =>
        Path.IsPathRooted(Needed(path, field))
            ? Path.GetFullPath(path!).TrimEnd('/')
            : throw Invalid(field, $"'{Printable.Escape(path!)}' is not an absolute path");

    private string Needed(string? value, string field) => value ?? throw Invalid(field, "missing");

    private static IReadOnlyList<string> List(IReadOnlyList<string?>? items) =>
        [.. (items ?? []).Select(item => item ?? "")];

    private Failure Invalid(string field, string why, Exception? cause = null) =>
        new(
            ExitCode.Usage,
            $"invalid manifest: {file}: {field}: {why}",
            "the modules write the manifest: take module and package from the same revision of nix-ai-models",
            cause
        );
}
