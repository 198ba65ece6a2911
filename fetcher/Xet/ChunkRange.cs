namespace NixAiModels.Xet;

/// <summary>A range of a xorb's chunks.</summary>
/// <param name="Start">The first chunk.</param>
/// <param name="End">The chunk after the last.</param>
internal readonly record struct ChunkRange(int Start, int End)
{
    /// <summary>How many chunks there are.</summary>
    public int Count => End - Start;

    /// <summary>Whether all chunks of another range are in this one.</summary>
    public bool Contains(ChunkRange other) => Start <= other.Start && other.End <= End;
}
