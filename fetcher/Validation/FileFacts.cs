using System.Text.Json.Serialization;

namespace NixAiModels.Validation;

/// <summary>The facts of a file in the report: enough for cache links (<c>blobs/</c>) and signatures.</summary>
/// <param name="Path">The path in the model, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower hex; <see langword="null"/> if it was not computed.</param>
/// <param name="GitBlobId">Git's id of the content as a blob, lower hex, of files under 10 MiB; else
/// <see langword="null"/>.</param>
public sealed record FileFacts(
    string Path,
    long Size,
    string? Sha256,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GitBlobId
);
