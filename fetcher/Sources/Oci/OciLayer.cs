using NixAiModels.Transfer;

namespace NixAiModels.Sources.Oci;

/// <summary>A blob of a manifest (OCI image specification, <c>descriptor.md</c>).</summary>
/// <param name="MediaType">What it is, such as <c>application/vnd.ollama.image.model</c>.</param>
/// <param name="Digest">What it hashes to.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record OciLayer(string MediaType, Sha256Digest Digest, long Size);
