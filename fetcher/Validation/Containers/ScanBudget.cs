namespace NixAiModels.Validation.Containers;

/// <summary>The bytes that one file may decompress to, nested archives included: enough for honest files, too few for
/// a bomb.</summary>
internal sealed class ScanBudget(long fileLength, CancellationToken cancellation)
{
    private const long Base = 256L << 20;
    private const int Ratio = 50;

    private long _left = Base + Math.Min(fileLength, long.MaxValue / (2 * Ratio)) * Ratio;

    /// <summary>Cancels the scan.</summary>
    public CancellationToken Cancellation => cancellation;

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
