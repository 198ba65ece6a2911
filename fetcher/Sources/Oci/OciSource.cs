using NixAiModels.Hub;

namespace NixAiModels.Sources.Oci;

/// <summary>Blobs of OCI registries, such as Ollama's: <c>oci+https://REGISTRY/v2/…/blobs/sha256:…</c>.</summary>
internal sealed class OciSource : ISource
{
    private const string Prefix = "oci+";

    public IReadOnlyList<string> Schemes { get; } = [Prefix + "https", Prefix + "http"];

    /// <summary>The address by which a blob is pinned.</summary>
    /// <param name="registry">The registry's URL.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="sha256">The blob's digest.</param>
    public static string AddressOf(string registry, string repository, string sha256) =>
        $"{Prefix}{registry}/v2/{repository}/blobs/sha256:{sha256}";

    /// <summary>The registry of such an address.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="Failure">It is not the address of a blob (exit code 6).</exception>
    public static string RegistryOf(string address)
    {
        var end = address.IndexOf("/v2/", StringComparison.Ordinal);
        return address.StartsWith(Prefix, StringComparison.Ordinal) && end > 0
            ? address[Prefix.Length..end]
            : throw new Failure(
                ExitCode.Integrity,
                $"not the address of a blob: {KnownSources.Display(address)}",
                $"write {Prefix}https://REGISTRY/v2/NAMESPACE/MODEL/blobs/sha256:DIGEST"
            );
    }

    public ISourceFile Open(Uri url, HubOptions options) =>
        new OciBlob(HubUrl.Exact(url.OriginalString[Prefix.Length..]), options);
}
