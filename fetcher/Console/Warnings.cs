namespace NixAiModels.Terminal;

/// <summary>Troubles that were got over. While a transfer is shown they are gathered, so that a storm of them becomes
/// one line; before and after it each is said at once, so that nobody waits without knowing why. Thread-safe.</summary>
public sealed class Warnings
{
    private readonly Lock _gate = new();
    private string? _latest;
    private int _more;

    /// <summary>Whether somebody will <see cref="Take"/> what is added.</summary>
    internal bool IsCollecting { get; set; }

    /// <summary>Adds a trouble.</summary>
    /// <param name="sentence">What happened, in one sentence.</param>
    public void Add(string sentence)
    {
        if (!IsCollecting)
        {
            Log.Line(sentence);
            return;
        }

        lock (_gate)
        {
            if (_latest is not null)
                _more++;
            _latest = sentence;
        }
    }

    /// <summary>Takes what has been gathered: no line or one.</summary>
    public IEnumerable<string> Take()
    {
        lock (_gate)
        {
            if (_latest is null)
                return [];
            var line = _more == 0 ? _latest : $"{_latest} (and {_more} more like it)";
            (_latest, _more) = (null, 0);
            return [line];
        }
    }
}
