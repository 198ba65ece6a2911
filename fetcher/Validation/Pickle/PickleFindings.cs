namespace NixAiModels.Validation.Pickle;

/// <summary>What the machine found in one stream, before it is known whether the stream counts as a pickle at
/// all.</summary>
internal sealed class PickleFindings
{
    private const int Most = 60;

    private readonly HashSet<string> _messages = [];
    private readonly List<Entry> _entries = [];

    /// <summary>One thing found.</summary>
    /// <param name="Severity">Its severity.</param>
    /// <param name="Offset">The opcode's byte in the source.</param>
    /// <param name="Opcode">The opcode's name.</param>
    /// <param name="Message">What was found.</param>
    /// <param name="Allowable">The name that, if it were allowed, would not be found.</param>
    public sealed record Entry(Severity Severity, long Offset, string Opcode, string Message, string? Allowable = null);

    /// <summary>Everything found, in the order of the stream, each message once.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The worst of it.</summary>
    public Severity Worst { get; private set; }

    /// <summary>Adds a finding, unless there is the same already or there are too many to read.</summary>
    public void Add(Severity severity, long offset, string opcode, string message, string? allowable = null) =>
        Add(new Entry(severity, offset, opcode, message, allowable));

    /// <summary>Adds a finding of another machine.</summary>
    public void Add(Entry entry)
    {
        // Beyond the limit only what weighs more than everything before is still added.
        if ((_entries.Count < Most || entry.Severity > Worst) && _messages.Add(entry.Message))
            _entries.Add(entry);
        if (entry.Severity > Worst)
            Worst = entry.Severity;
    }
}
