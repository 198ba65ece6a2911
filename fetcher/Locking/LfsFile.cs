namespace NixAiModels.Locking;

/// <summary>A file that a lock file pins by the sha256 that the hub lists, without downloading it.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">Its size in bytes; <see langword="null"/> where it is unknown.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record LfsFile(string Path, long? Size, string Sha256);
