using NixAiModels.Hub;
using NixAiModels.Sources.Oci;

namespace NixAiModels.Locking;

/// <summary>Entries of models of a registry: the manifest, of which <c>rev</c> is the digest, determines the
/// files.</summary>
internal static class OllamaEntry
{
    /// <summary>The source's word in definitions.</summary>
    public const string Source = "ollama";

    /// <summary>The entry of a pin.</summary>
    public static FileEntry Of(OllamaPin pin) =>
        new()
        {
            Source = Source,
            Ref = $"{pin.Name}",
            Revision = pin.Digest,
            Manifest = System.Text.Encoding.UTF8.GetString(pin.Manifest.Bytes.Span),
            Files = pin.Pinned,
        };

    /// <summary>Asks the registry what the name of an entry stands for now.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>The entry as it is now, and what changed.</returns>
    /// <exception cref="Failure">The manifest is not accessible, or not that of a model.</exception>
    public static async Task<(FileEntry Entry, IReadOnlyList<FileChange> Changes)> UpdateAsync(
        FileEntry entry,
        CancellationToken cancellation
    )
    {
        var name = OllamaName.Parse(entry.Ref!);
        var registry = OciSource.RegistryOf(entry.Files[0].Urls[0]);
        var pin = await OllamaPin.ResolveAsync(name, registry == name.Endpoint ? null : registry, cancellation);
        if (pin.Digest == entry.Revision)
            return (entry, []);
        var now = Of(pin) with { Frozen = entry.Frozen, Signatures = entry.Signatures };
        var before = entry.Listing.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var after = now.Listing.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return (
            now,
            [
                .. before
                    .Keys.Union(after.Keys)
                    .Order(StringComparer.Ordinal)
                    .Select(path => new FileChange(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                    .Where(change => change.Before?.Digest != change.After?.Digest),
            ]
        );
    }

    /// <summary>What is wrong with an entry that was read; <see langword="null"/> if nothing is.</summary>
    public static string? Objection(FileEntry entry)
    {
        if (entry.Ref is null || entry.Revision is null || entry.Manifest is null)
            return "ref, rev and manifest are needed";
        try
        {
            var name = OllamaName.Parse(entry.Ref);
            var manifest = OciManifest.Parse(System.Text.Encoding.UTF8.GetBytes(entry.Manifest), "the lock file");
            var files = OllamaFiles.Of(name, manifest).Select(file => new HubFile(file.Path, file.Size, file.Sha256));
            return $"sha256:{manifest.Digest.Hex}" != entry.Revision ? "rev is not the digest of manifest"
                : !files.ToHashSet().SetEquals(entry.Listing) ? "files are not those of manifest"
                : null;
        }
        catch (Failure failure)
        {
            return failure.Message;
        }
    }
}
