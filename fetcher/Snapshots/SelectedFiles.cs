using NixAiModels.Hub;

namespace NixAiModels.Snapshots;

/// <summary>What a selection took.</summary>
/// <param name="Files">The files, at least one, in the order in which a NAR has them.</param>
/// <param name="Warnings">What is probably a mistake, a sentence each.</param>
public sealed record SelectedFiles(IReadOnlyList<HubFile> Files, IReadOnlyList<string> Warnings);
