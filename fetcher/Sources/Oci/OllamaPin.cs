using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Sources.Oci;

/// <summary>A model of a registry, pinned: its manifest names every file with its sha256.</summary>
/// <param name="Name">The model.</param>
/// <param name="Endpoint">A registry that is asked in place of the one in the name, if any.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Files">Its blobs with their names.</param>
public sealed record OllamaPin(
    OllamaName Name,
    string? Endpoint,
    OciManifest Manifest,
    IReadOnlyList<OllamaFiles.Entry> Files
)
{
    /// <summary>The digest of the manifest, as registries write it.</summary>
    public string Digest => $"sha256:{Manifest.Digest.Hex}";

    /// <summary>Asks for the manifest that a name stands for now; nothing else is downloaded.</summary>
    /// <param name="name">The model.</param>
    /// <param name="endpoint">A registry that is asked in place of the one in the name.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Failure">The manifest is not accessible, or not that of a model.</exception>
    public static async Task<OllamaPin> ResolveAsync(OllamaName name, string? endpoint, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var registry = new OciRegistry(
            HubEndpoint.Parse(endpoint ?? name.Endpoint, "the registry"),
            name.Repository,
            new HubOptions { Warn = Log.Warning }
        );
        var manifest = await registry.ManifestAsync(name, cancellation);
        var pin = new OllamaPin(name, endpoint, manifest, OllamaFiles.Of(name, manifest));
        Log.Line(
            $"{name}: {Amounts.Count(pin.Files.Count, "file")}, {Amounts.Size(manifest.Size)}, pinned by the manifest "
                + pin.Digest
        );
        return pin;
    }

    /// <summary>The files with their addresses.</summary>
    public IReadOnlyList<PinnedFile> Pinned =>
        [
            .. Files.Select(file => new PinnedFile(
                file.Path,
                file.Sha256,
                file.Size,
                [OciSource.AddressOf(Endpoint ?? Name.Endpoint, Name.Repository, file.Sha256.Hex)]
            )),
        ];
}
