namespace NixAiModels.Validation.Pickle;

/// <summary>The stack with its marks, and the memo. Nothing reaches below the last mark, as in CPython.</summary>
internal sealed class PickleStack
{
    private const int MostItems = 16_000_000;
    private const int MostMemo = 8_000_000;

    private readonly List<PickleValue> _items = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, PickleValue> _memo = [];

    public PickleStack()
    {
    }

    /// <summary>A copy: the values are shared, the stack, marks and memo are not.</summary>
    public PickleStack(PickleStack other)
    {
        _items.AddRange(other._items);
        _marks.AddRange(other._marks);
        _memo = new Dictionary<long, PickleValue>(other._memo);
    }

    /// <summary>How many values are kept in the memo.</summary>
    public int MemoCount => _memo.Count;

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(PickleValue value)
    {
        if (_items.Count >= MostItems)
            throw new Containers.UnscannableException($"puts more than {MostItems} objects on the stack");
        _items.Add(value);
    }

    /// <summary>The top value, or <see langword="null"/> where CPython would say "stack underflow" or "unexpected MARK".</summary>
    public PickleValue? Peek() => _items.Count > Floor ? _items[^1] : null;

    public PickleValue? Pop()
    {
        if (_items.Count <= Floor)
            return null;
        var value = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        return value;
    }

    public void Mark()
    {
        if (_marks.Count >= MostItems)
            throw new Containers.UnscannableException($"puts more than {MostItems} marks on the stack");
        _marks.Add(_items.Count);
    }

    /// <summary>Everything above the last mark, which goes too; <see langword="null"/> if there is no mark.</summary>
    public List<PickleValue>? PopToMark()
    {
        if (_marks.Count == 0)
            return null;
        var floor = Floor;
        var values = _items.GetRange(floor, _items.Count - floor);
        _items.RemoveRange(floor, _items.Count - floor);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    public PickleValue? Recall(long key) => _memo.GetValueOrDefault(key);

    public void Remember(long key, PickleValue value)
    {
        if (_memo.Count >= MostMemo)
            throw new Containers.UnscannableException($"memorises more than {MostMemo} objects");
        _memo[key] = value;
    }
}
