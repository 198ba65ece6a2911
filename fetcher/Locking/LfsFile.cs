namespace NixAiModels.Locking;

/// <summary>A file that a lock file pins by the sha256 of its content, which the hub lists: nothing of it was
/// downloaded.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">Its size in bytes; <see langword="null"/> where nobody said.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record LfsFile(string Path, long? Size, string Sha256);
