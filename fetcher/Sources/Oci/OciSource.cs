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

    public ISourceFile Open(Uri url, HubOptions options) =>
        new OciBlob(HubUrl.Exact(url.OriginalString[Prefix.Length..]), options);
}
