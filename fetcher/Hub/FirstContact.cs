using System.Diagnostics;

namespace NixAiModels.Hub;

/// <summary>Whether any server has answered yet. Until then a wrong address, name or proxy is likelier than an outage,
/// and is not waited for.</summary>
public sealed class FirstContact
{
    private volatile bool _isMade;
    private Stopwatch? _tried;

    /// <summary>That of this process.</summary>
    public static FirstContact OfProcess { get; } = new();

    /// <summary>Whether a server has answered.</summary>
    public bool IsMade => _isMade;

    /// <summary>The time since the first attempt to connect.</summary>
    public TimeSpan Waited => _tried?.Elapsed ?? TimeSpan.Zero;

    /// <summary>Registers an attempt to connect.</summary>
    public void Try() => Interlocked.CompareExchange(ref _tried, Stopwatch.StartNew(), null);

    /// <summary>Registers an answer, whatever it says.</summary>
    public void Make() => _isMade = true;
}
