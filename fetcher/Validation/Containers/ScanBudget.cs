namespace NixAiModels.Validation.Containers;

/// <summary>The bytes that one file may decompress to, nested archives included: enough for honest files, too few for
/// a bomb.</summary>
internal sealed class ScanBudget(long fileLength, CancellationToken cancellation)
{
    private const long Base = 256L << 20;
    private const int Ratio = 50;

    private const int MaxMembers = 250_000;

    private int _members;
    private long _left = Base + Math.Min(fileLength, long.MaxValue / (2 * Ratio)) * Ratio;

    /// <summary>Cancels the scan.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Whether a bound was exceeded: what is left is not inspected.</summary>
    public bool IsExhausted => _left < 0 || _members > MaxMembers;

    /// <summary>Counts a member of an archive.</summary>
    /// <exception cref="UnscannableException">There are too many, nested archives included.</exception>
    public void Enter()
    {
        if (++_members > MaxMembers)
            throw new UnscannableException($"archives with more than {MaxMembers} members in all");
    }

    /// <summary>Counts decompressed bytes.</summary>
    /// <exception cref="UnscannableException">The budget is exhausted.</exception>
    public void Spend(long bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        _left -= bytes;
        if (_left < 0)
            throw new UnscannableException($"decompresses to more than {Ratio} times its size");
    }
}
