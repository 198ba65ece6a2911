using NixAiModels.Validation.Containers;
using static NixAiModels.Validation.Pickle.Opcode;

namespace NixAiModels.Validation.Pickle;

/// <summary>Runs one pickle over what can be known of its objects, and runs nothing else: no import, no call, no
/// file.</summary>
/// <remarks>Where C's unpickler and Python's differ (short frames, leading zeros) both are followed: a stream must be
/// harmless in each.</remarks>
internal sealed partial class PickleMachine
{
    // Items of a container that are kept in any case, so that states are known, and how many more there may be.
    private const int AlwaysKept = 2_000;
    private const int MaxKept = 400_000;
    private const int MaxKeptAlways = 4_000_000;
    private const int CheckEvery = 0xFFFF;

    private const int MaxDepth = 32;

    private readonly ByteSource _source;
    private readonly PickleReader _reader;
    private readonly PickleStack _stack;
    private readonly ScanBudget _budget;
    private readonly PersistentIds _persistentIds;
    private readonly Action<ByteSource, string> _nested;
    private readonly int _depth;
    private readonly bool _readsArrays;
    private readonly AllowedNames _allowed;
    private readonly CallPolicy _calls;
    private readonly StatePolicy _states;
    private readonly List<(GlobalValue Global, long Offset, Opcode Opcode)> _conditional = [];
    private readonly Dictionary<(string Module, string Name), GlobalValue> _globals = [];
    private bool _hasRunWithoutArrays;
    private long _offset;
    private Opcode _opcode;
    private long _frameEnd;
    private int _kept;
    private int _keptAlways;

    /// <summary>A machine at the beginning of a pickle.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="position">Where in them the pickle begins.</param>
    /// <param name="persistentIds">Who resolves persistent ids.</param>
    /// <param name="allowed">The names that the user allows.</param>
    /// <param name="budget">The scan's bounds.</param>
    /// <param name="nested">Scans a file within the file; gets its bytes and a name for the place.</param>
    /// <param name="depth">How many pickles this one is inside of.</param>
    public PickleMachine(
        ByteSource source,
        long position,
        PersistentIds persistentIds,
        AllowedNames allowed,
        ScanBudget budget,
        Action<ByteSource, string> nested,
        int depth = 0
    )
        : this(source, position, new PickleStack(), persistentIds, allowed, budget, nested, depth) =>
        _readsArrays = true;

    // The same stream from the same place on, for a reader that knows no arrays.
    private PickleMachine(PickleMachine other, long position)
        : this(
            other._source,
            position,
            new PickleStack(other._stack),
            other._persistentIds,
            other._allowed,
            other._budget,
            (_, _) => { },
            other._depth
        ) => _readsArrays = false;

    private PickleMachine(
        ByteSource source,
        long position,
        PickleStack stack,
        PersistentIds persistentIds,
        AllowedNames allowed,
        ScanBudget budget,
        Action<ByteSource, string> nested,
        int depth
    )
    {
        if (depth > MaxDepth)
            throw new UnscannableException("pickles nested too deeply");
        _source = source;
        _reader = new PickleReader(source, position);
        _stack = stack;
        _persistentIds = persistentIds;
        _budget = budget;
        _nested = nested;
        _depth = depth;
        _allowed = allowed;
        _calls = new CallPolicy(Find, nested, allowed);
        _states = new StatePolicy(Find);
    }

    /// <summary>What was found.</summary>
    public PickleFindings Findings { get; } = new();

    /// <summary>How many names were resolved that a module could have.</summary>
    public int Names { get; private set; }

    /// <summary>How many calls and instantiations there were.</summary>
    public int Calls => _calls.Count;

    /// <summary>The storages that persistent ids named.</summary>
    public List<(string Key, GlobalValue Type, long Count)> Storages { get; } = [];

    /// <summary>Where the next byte would be read.</summary>
    public long Position => _reader.Position;

    /// <summary>Runs to STOP.</summary>
    /// <returns>The pickled value.</returns>
    /// <exception cref="PickleBrokenException">The stream breaks.</exception>
    /// <exception cref="UnscannableException">A bound was reached.</exception>
    public PickleValue Run()
    {
        try
        {
            return RunToStop();
        }
        finally
        {
            foreach (var (global, offset, opcode) in _conditional)
            {
                if (!global.HasPermittedUse)
                {
                    Findings.Add(
                        Severity.Dangerous,
                        offset,
                        OpcodeName.Of(opcode),
                        $"names {global}: {global.Rule.Effect}"
                    );
                }
            }
        }
    }

    private PickleValue RunToStop()
    {
        for (uint count = 1; ; count++)
        {
            if ((count & CheckEvery) == 0)
                _budget.Cancellation.ThrowIfCancellationRequested();
            _offset = _reader.Position;
            _opcode = (Opcode)_reader.ReadByte();
            if (_opcode == Opcode.Stop)
                return Pop();
            var frameEnd = _frameEnd;
            Step();
            // Beyond its operand BUILD reads the bytes of an array, which have no frame.
            if (_offset < frameEnd && _reader.Position > frameEnd && _opcode != Opcode.Build)
            {
                Find(
                    Severity.Suspicious,
                    "reads across the end of a frame; C's unpickler and Python's then see different data"
                );
            }
        }
    }

    private void Step()
    {
        switch (_opcode)
        {
            case Proto:
                if (_reader.ReadByte() > 5)
                    throw Breaks("unknown protocol");
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
                _stack.Push(_stack.Recall(MemoKey()) ?? throw Breaks("missing memo entry"));
                break;
            default:
                if (!StepConstant() && !StepContainer() && !StepObject())
                    throw Breaks($"invalid opcode 0x{(byte)_opcode:x2}");
                break;
        }
    }

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
                    : throw Breaks("invalid memo key");
        }
    }

    private void Remember()
    {
        var key = _opcode == Memoize ? _stack.MemoCount : MemoKey();
        _stack.Remember(key, Peek());
    }

    private PickleValue Pop() => _stack.Pop() ?? throw Underflow();

    private PickleValue Peek() => _stack.Peek() ?? throw Underflow();

    private List<PickleValue> PopToMark() => _stack.PopToMark() ?? throw Breaks("missing mark on the stack");

    private PickleBrokenException Underflow() => Breaks("stack underflow");

    private PickleBrokenException Breaks(string what) => new(_offset, what);

    private void Find(Severity severity, string message) => Find(severity, message, null);

    private void Find(Severity severity, string message, GlobalValue? allowable) =>
        Findings.Add(
            severity,
            _offset,
            OpcodeName.Of(_opcode),
            message,
            allowable is not null && AllowedNames.CanBeAllowed(allowable.Module, allowable.Name)
                ? $"{allowable.Module}.{allowable.Name}"
                : null
        );

    private void ReadFrame()
    {
        if (_offset < _frameEnd)
        {
            Find(Severity.Suspicious, "frame inside a frame, which Python's unpickler rejects and C's accepts");
        }

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
            Find(Severity.Suspicious, "frame longer than the file");
        }
    }
}
