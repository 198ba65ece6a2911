namespace NixAiModels.Nar;

/// <summary>A regular file of a snapshot, as its archive sees it.</summary>
/// <param name="Path">Its path below the snapshot's root: names with <c>/</c> between them.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Executable">Whether its owner may execute it.</param>
public sealed record NarFile(string Path, long Size, bool Executable = false);
