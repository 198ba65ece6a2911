namespace NixAiModels.Console;

/// <summary>Troubles that were got over. While a transfer is shown they are gathered, so that a storm of them becomes one line; before and
/// after it each is said at once, so that nobody waits without knowing why. Thread-safe.</summary>
public sealed class Troubles
{
    private readonly Lock gate = new();
    private string? latest;
    private int more;

    /// <summary>Whether somebody will <see cref="Take"/> what is added.</summary>
    internal bool Gathered { get; set; }

    /// <summary>Adds a trouble.</summary>
    /// <param name="sentence">What happened, in one sentence.</param>
    public void Add(string sentence)
    {
        if (!Gathered)
        {
            Log.Line(sentence);
            return;
        }

        lock (gate)
        {
            if (latest is not null) more++;
            latest = sentence;
        }
    }

    /// <summary>Takes what has been gathered: no line or one.</summary>
    public IEnumerable<string> Take()
    {
        lock (gate)
        {
            if (latest is null) return [];
            var line = more == 0 ? latest : $"{latest} (and {more} more like it)";
            (latest, more) = (null, 0);
            return [line];
        }
    }
}
