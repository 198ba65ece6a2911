using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>A file that is pinned by itself.</summary>
/// <param name="Path">Its path in the model, with <c>/</c>.</param>
/// <param name="Sha256">What it hashes to.</param>
/// <param name="Size">Its size in bytes; <see langword="null"/> where nobody said.</param>
/// <param name="Urls">Where it is, in the order in which the addresses are tried.</param>
public sealed record PinnedFile(string Path, Sha256Digest Sha256, long? Size, IReadOnlyList<string> Urls);
