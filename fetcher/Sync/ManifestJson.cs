using System.Text.Json;

namespace NixAiModels.Sync;

/// <summary>The JSON of a manifest. Every field may be missing here: <see cref="ManifestReader"/> says which one
/// is.</summary>
internal sealed record ManifestJson(
    int? Version = null,
    string? CacheDir = null,
    string? Group = null,
    string? StateDir = null,
    string? Nix = null,
    string? Package = null,
    ManifestJson.AuthJson? Auth = null,
    IReadOnlyList<ManifestJson.ModelJson?>? Models = null
)
{
    internal sealed record AuthJson(
        string? TokenFile = null,
        string? TokenEnvVar = null,
        IReadOnlyList<string?>? Endpoints = null,
        IReadOnlyList<string?>? TrustedPublicKeys = null
    );

    internal sealed record ModelJson(
        string? Name = null,
        string? Repo = null,
        string? RepoType = null,
        string? Rev = null,
        IReadOnlyList<string?>? Refs = null,
        bool? Pinned = null,
        bool? Partial = null,
        string? Out = null,
        string? Report = null,
        string? Raw = null,
        string? Drv = null,
        SourceJson? Source = null,
        LockedJson? Locked = null
    );

    internal sealed record SourceJson(
        string? Repo = null,
        string? RepoType = null,
        string? Rev = null,
        IReadOnlyList<string?>? Files = null,
        IReadOnlyList<string?>? Include = null,
        IReadOnlyList<string?>? Exclude = null,
        string? Quant = null,
        string? Mmproj = null,
        string? Endpoint = null,
        int? Connections = null,
        string? BandwidthLimit = null,
        string? Transport = null,
        string? CaBundle = null,
        string? Name = null,
        string? OutputHash = null
    );

    internal sealed record LockedJson(
        JsonElement? Entry = null,
        int? Connections = null,
        string? BandwidthLimit = null,
        string? Transport = null
    );
}
