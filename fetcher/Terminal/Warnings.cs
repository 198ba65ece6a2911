namespace NixAiModels.Terminal;

/// <summary>Collects warnings about failures that were retried. While a transfer is shown, a burst of them becomes one
/// line; before and after it, each is printed at once. Thread-safe.</summary>
public sealed class Warnings
{
    private readonly Lock _gate = new();
    private string? _latest;
    private int _earlier;

    /// <summary>Whether warnings are collected for <see cref="Drain"/>, not printed.</summary>
    internal bool IsCollecting { get; set; }

    /// <summary>Adds a warning.</summary>
    /// <param name="text">What happened, in one line.</param>
    public void Add(string text)
    {
        if (!IsCollecting)
        {
            Log.Line(text);
            return;
        }

        lock (_gate)
        {
            if (_latest is not null)
                _earlier++;
            _latest = text;
        }
    }

    /// <summary>Removes the collected warnings.</summary>
    /// <returns>The latest one and the number of others; <see langword="null"/> if there are none.</returns>
    public string? Drain()
    {
        lock (_gate)
        {
            var line = _earlier == 0 ? _latest : $"{_latest} (and {_earlier} more)";
            (_latest, _earlier) = (null, 0);
            return line;
        }
    }
}
