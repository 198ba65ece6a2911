using System.Buffers.Binary;
using NixAiModels.Validation.Containers;
using static NixAiModels.Validation.Pickle.Opcode;

namespace NixAiModels.Validation.Pickle;

/// <summary>Runs one pickle over what can be known of its objects, and runs nothing else: no import, no call, no file.</summary>
/// <remarks>Where C's unpickler and Python's differ (short frames, leading zeros) both are followed: a stream must be harmless in each.</remarks>
internal sealed partial class PickleMachine
{
    private const int MostKept = 3_000_000;
    private const int CheckEvery = 0xFFFF;

    private const int DeepestNesting = 32;

    private readonly ByteSource _source;
    private readonly PickleReader _reader;
    private readonly PickleStack _stack;
    private readonly ScanBudget _budget;
    private readonly PersistentIds _persistentIds;
    private readonly Action<ByteSource, string> _nested;
    private readonly int _depth;
    private readonly bool _readsArrays;
    private readonly CallJudge _calls;
    private readonly StateJudge _states;
    private bool _plainlyRun;
    private long _offset;
    private Opcode _opcode;
    private long _frameEnd;
    private int _kept;

    /// <summary>A machine at the beginning of a pickle.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="position">Where in them the pickle begins.</param>
    /// <param name="persistentIds">Who resolves persistent ids.</param>
    /// <param name="budget">The scan's bounds.</param>
    /// <param name="nested">Scans a file within the file; gets its bytes and a name for the place.</param>
    /// <param name="depth">How many pickles this one is inside of.</param>
    public PickleMachine(ByteSource source, long position, PersistentIds persistentIds, ScanBudget budget, Action<ByteSource, string> nested, int depth = 0)
        : this(source, position, new PickleStack(), persistentIds, budget, nested, depth) => _readsArrays = true;

    // The same stream from the same place on, for a reader that knows no arrays.
    private PickleMachine(PickleMachine other)
        : this(other._source, other.Position, new PickleStack(other._stack), other._persistentIds, other._budget, (_, _) => { }, other._depth)
    {
    }

    private PickleMachine(
        ByteSource source, long position, PickleStack stack, PersistentIds persistentIds, ScanBudget budget, Action<ByteSource, string> nested, int depth)
    {
        if (depth > DeepestNesting)
            throw new UnscannableException("has pickles nested too deeply");
        _source = source;
        _reader = new PickleReader(source, position);
        _stack = stack;
        _persistentIds = persistentIds;
        _budget = budget;
        _nested = nested;
        _depth = depth;
        _calls = new CallJudge(Find, nested);
        _states = new StateJudge(Find);
    }

    /// <summary>What was found.</summary>
    public PickleFindings Findings { get; } = new();

    /// <summary>How many names were resolved that a module could have.</summary>
    public int Names { get; private set; }

    /// <summary>How many calls and instantiations there were.</summary>
    public int Calls => _calls.Count;

    /// <summary>The storages that persistent ids named.</summary>
    public List<(string Key, GlobalValue Type)> Storages { get; } = [];

    /// <summary>Where the next byte would be read.</summary>
    public long Position => _reader.Position;

    /// <summary>Runs to STOP.</summary>
    /// <returns>The pickled value.</returns>
    /// <exception cref="PickleBrokenException">The stream breaks.</exception>
    /// <exception cref="UnscannableException">A bound was reached.</exception>
    public PickleValue Run()
    {
        for (uint count = 1; ; count++)
        {
            if ((count & CheckEvery) == 0)
                _budget.Cancellation.ThrowIfCancellationRequested();
            _offset = _reader.Position;
            _opcode = (Opcode)_reader.ReadByte();
            if (_opcode == Opcode.Stop)
                return Pop();
            Step();
        }
    }

    private void Step()
    {
        switch (_opcode)
        {
            case Proto:
                if (_reader.ReadByte() > 5)
                    throw Breaks("asks for a protocol that does not exist");
                break;
            case Frame:
                ReadFrame();
                break;
            case Mark:
                _stack.Mark();
                break;
            case Opcode.Pop:
                if (_stack.Pop() is null && _stack.PopToMark() is null)
                    throw Underflow();
                break;
            case PopMark:
                PopToMark();
                break;
            case Dup:
                _stack.Push(Peek());
                break;
            case Put or BinPut or LongBinPut or Memoize:
                Remember();
                break;
            case Get or BinGet or LongBinGet:
                _stack.Push(_stack.Recall(MemoKey()) ?? throw Breaks("reads a memo entry that is not there"));
                break;
            default:
                if (!StepConstant() && !StepContainer() && !StepObject())
                    throw Breaks($"has a byte, 0x{(byte)_opcode:x2}, that is no opcode");
                break;
        }
    }

    private bool StepConstant()
    {
        PickleValue? value = _opcode switch
        {
            None => PlainValue.None,
            NewTrue => PlainValue.True,
            NewFalse => PlainValue.False,
            Int or Long => ReadInteger(_reader.ReadLine()),
            BinInt => new IntegerValue(_reader.ReadInt32()),
            BinInt1 => new IntegerValue(_reader.ReadByte()),
            BinInt2 => new IntegerValue(_reader.ReadUInt16()),
            Long1 => ReadLong(_reader.ReadByte()),
            Long4 => ReadLong(_reader.ReadInt32()),
            Float => PythonLiteral.IsFloat(_reader.ReadLine()) ? PlainValue.Number : throw Breaks("has a FLOAT that is no number"),
            BinFloat => ReadDouble(),
            Opcode.String => Text(PythonLiteral.UnquoteString(_reader.ReadLine())),
            Unicode => Text(PythonLiteral.DecodeUnicode(_reader.ReadLine())),
            BinString => _reader.ReadInt32() is >= 0 and var length ? ReadBytesAsText(length) : throw Breaks("has a string of negative length"),
            ShortBinString => ReadBytesAsText(_reader.ReadByte()),
            ShortBinUnicode => _reader.ReadText(_reader.ReadByte()),
            BinUnicode => _reader.ReadText(_reader.ReadUInt32()),
            BinUnicode8 => _reader.ReadText(_reader.ReadLength64()),
            ShortBinBytes => _reader.ReadCounted(_reader.ReadByte()),
            BinBytes => _reader.ReadCounted(_reader.ReadUInt32()),
            BinBytes8 or ByteArray8 => _reader.ReadCounted(_reader.ReadLength64()),
            _ => null,
        };
        if (value is null)
            return false;
        _stack.Push(Keep(value));
        return true;
    }

    private bool StepContainer()
    {
        switch (_opcode)
        {
            case EmptyDict:
                _stack.Push(Keep(new MappingValue()));
                return true;
            case EmptyList:
                PushSequence(SequenceKind.List, []);
                return true;
            case EmptyTuple:
                PushSequence(SequenceKind.Tuple, []);
                return true;
            case EmptySet:
                PushSequence(SequenceKind.Set, []);
                return true;
            case Opcode.List:
                PushSequence(SequenceKind.List, PopToMark());
                return true;
            case Opcode.Tuple:
                PushSequence(SequenceKind.Tuple, PopToMark());
                return true;
            case Opcode.FrozenSet:
                PushSequence(SequenceKind.FrozenSet, PopToMark());
                return true;
            case Tuple1 or Tuple2 or Tuple3:
                var items = new PickleValue[_opcode - Tuple1 + 1];
                for (var index = items.Length - 1; index >= 0; index--)
                    items[index] = Pop();
                PushSequence(SequenceKind.Tuple, [.. items]);
                return true;
            case Opcode.Dict:
                var pairs = PopToMark();
                var dict = new MappingValue();
                _stack.Push(Keep(dict));
                SetPairs(dict, pairs);
                return true;
            case Append:
                var item = Pop();
                Extend(Peek(), [item], SequenceKind.List);
                return true;
            case Appends:
                var more = PopToMark();
                Extend(Peek(), more, SequenceKind.List);
                return true;
            case AddItems:
                var members = PopToMark();
                Extend(Peek(), members, SequenceKind.Set);
                return true;
            case SetItem:
                var value = Pop();
                var key = Pop();
                SetPairs(Peek(), [key, value]);
                return true;
            case SetItems:
                var many = PopToMark();
                SetPairs(Peek(), many);
                return true;
            default:
                return false;
        }
    }

    // ------------------------------------------------------------------ constants

    private PickleValue ReadInteger(byte[] line)
    {
        if (_opcode == Int && line.AsSpan().TrimEnd((byte)'\r').SequenceEqual("01"u8))
            return PlainValue.True;
        if (_opcode == Int && line.AsSpan().TrimEnd((byte)'\r').SequenceEqual("00"u8))
            return PlainValue.False;
        var digits = _opcode == Long && line.Length > 0 && line[^1] == (byte)'L' ? line.AsSpan(0, line.Length - 1) : line;
        if (!PythonLiteral.TryInteger(digits, out var value))
            throw Breaks("has an integer that is no number");
        return value is { } known ? new IntegerValue(known) : PlainValue.Number;
    }

    private PickleValue ReadLong(int length)
    {
        if (length < 0)
            throw Breaks("has a number of negative length");
        if (length > 16)
        {
            _reader.Skip(length);
            return PlainValue.Number;
        }

        var bytes = _reader.ReadBytes(length);
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(length > 0 && bytes[^1] >= 0x80 ? byte.MaxValue : (byte)0);
        bytes.CopyTo(wide);
        return new IntegerValue(BinaryPrimitives.ReadInt128LittleEndian(wide));
    }

    private PlainValue ReadDouble()
    {
        _reader.Skip(8);
        return PlainValue.Number;
    }

    // Python 2's str: text where it is a name, bytes where it is data. One byte, one character is right for both.
    private PickleValue ReadBytesAsText(int length) => length <= 4096
        ? new TextValue(System.Text.Encoding.Latin1.GetString(_reader.ReadBytes(length)))
        : _reader.ReadCounted(length);

    private TextValue Text(string? text) => new(text ?? throw Breaks("has a string literal that Python refuses"));

    // ------------------------------------------------------------------ memo and stack

    private long MemoKey()
    {
        switch (_opcode)
        {
            case BinGet or BinPut:
                return _reader.ReadByte();
            case LongBinGet or LongBinPut:
                return _reader.ReadUInt32();
            default:
                return PythonLiteral.TryInteger(_reader.ReadLine(), out var key) && key >= 0 && key <= long.MaxValue
                    ? (long)key.Value
                    : throw Breaks("has a memo key that is no number");
        }
    }

    private void Remember()
    {
        var key = _opcode == Memoize ? _stack.MemoCount : MemoKey();
        _stack.Remember(key, Peek());
    }

    private PickleValue Pop() => _stack.Pop() ?? throw Underflow();

    private PickleValue Peek() => _stack.Peek() ?? throw Underflow();

    private List<PickleValue> PopToMark() => _stack.PopToMark() ?? throw Breaks("wants a mark that is not there");

    private PickleBrokenException Underflow() => Breaks("takes more from the stack than there is");

    private PickleBrokenException Breaks(string what) => new(_offset, what);

    private void Find(Severity severity, string message) => Findings.Add(severity, _offset, OpcodeName.Of(_opcode), message);

    // A file of many million strings is honest, but no reason to hold them all: what is not kept can no longer serve as a name.
    private PickleValue Keep(PickleValue value)
    {
        if (value is PlainValue)
            return value;
        return ++_kept <= MostKept || value is MappingValue or SequenceValue or InstanceValue ? value : PlainValue.Unknown;
    }

    private void ReadFrame()
    {
        var length = _reader.ReadLength64();
        _frameEnd = length > long.MaxValue - _reader.Position ? long.MaxValue : _reader.Position + length;
        // C's unpickler refuses a frame that is longer than the file, Python's (which joblib uses) does not.
        try
        {
            var position = _reader.Position;
            _reader.Skip(length);
            _reader.Position = position;
        }
        catch (PickleBrokenException)
        {
            Find(Severity.Suspicious, "announces a frame that is longer than the file");
        }
    }
}
