namespace NixAiModels.Validation.Pickle;

/// <summary>The stack with its marks, and the memo. Nothing reaches below the last mark, as in CPython.</summary>
internal sealed class PickleStack
{
    private const int MaxItems = 4_000_000;
    private const int MaxMemo = 12_000_000;

    private const int MaxOdd = 1_000_000;
    private const int MaxHeldTexts = 1_500_000;
    private const int MaxHeldContainers = 400_000;
    private const int MaxHeldObjects = 2_000_000;

    private readonly List<PickleValue> _items = [];
    private readonly List<int> _marks = [];

    // Nearly all streams count their entries up from zero.
    private readonly List<PickleValue> _memo = [];
    private readonly Dictionary<long, PickleValue> _oddMemo = [];
    private int _texts;
    private int _containers;
    private int _objects;

    public PickleStack() { }

    /// <summary>A copy: the values are shared, the stack, marks and memo are not.</summary>
    public PickleStack(PickleStack other)
    {
        _items.AddRange(other._items);
        _marks.AddRange(other._marks);
        _memo.AddRange(other._memo);
        _oddMemo = new Dictionary<long, PickleValue>(other._oddMemo);
    }

    /// <summary>How many values are kept in the memo.</summary>
    public int MemoCount => _memo.Count + _oddMemo.Count;

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(PickleValue value)
    {
        if (_items.Count >= MaxItems)
            throw new Containers.UnscannableException($"more than {MaxItems} objects on the stack");
        _items.Add(value);
    }

    /// <summary>The top value, or <see langword="null"/> where CPython would say "stack underflow" or "unexpected
    /// MARK".</summary>
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
        if (_marks.Count >= MaxItems)
            throw new Containers.UnscannableException($"more than {MaxItems} marks on the stack");
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

    // A vocabulary of millions is honest, but no reason to hold all of it. What is named stays: it may be called far
    // behind.
    private PickleValue Held(PickleValue value) =>
        value switch
        {
            TextValue or IntegerValue or BytesValue => ++_texts > MaxHeldTexts ? PlainValue.Forgotten : value,
            SequenceValue or MappingValue => ++_containers <= MaxHeldContainers ? value
            : value.IsConstant ? PlainValue.Forgotten
            : PlainValue.Opaque,
            InstanceValue => ++_objects > MaxHeldObjects ? PlainValue.Opaque : value,
            _ => value,
        };

    public PickleValue? Recall(long key) =>
        key >= 0 && key < _memo.Count ? _memo[(int)key] : _oddMemo.GetValueOrDefault(key);

    public void Remember(long key, PickleValue value)
    {
        if (_memo.Count >= MaxMemo || _oddMemo.Count >= MaxOdd)
        {
            throw new Containers.UnscannableException(
                $"more than {MaxMemo} memoised objects, or {MaxOdd} with sparse keys"
            );
        }

        value = Held(value);
        if (key < _memo.Count)
            _memo[(int)key] = value;
        else if (key == _memo.Count && _oddMemo.Remove(key) is var _)
            _memo.Add(value);
        else
            _oddMemo[key] = value;
    }
}
