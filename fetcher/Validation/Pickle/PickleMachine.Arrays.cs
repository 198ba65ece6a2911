namespace NixAiModels.Validation.Pickle;

/// <summary>The raw bytes of arrays inside a joblib stream (joblib/numpy_pickle.py: NumpyUnpickler.load_build,
/// NumpyArrayWrapper.read_array).</summary>
internal sealed partial class PickleMachine
{
    // joblib reads an array's bytes right after the BUILD of its wrapper, and puts the array where the wrapper was.
    private void ReadArray()
    {
        if (!_readsArrays || Peek() is not InstanceValue { Type.Rule: var rule } || rule != GlobalRules.ArrayWrapper)
            return;
        if (_frameEnd > _reader.Position)
            Find(Severity.Suspicious, "array inside a frame; joblib reads its bytes from after the frame");
        if (!_hasRunWithoutArrays)
            RunWithoutArrays(_reader.Position, "pickle.load");
        _stack.Pop();
        SkipArray(_states.LastArrayState);
        _stack.Push(PlainValue.Numbers);
    }

    private void SkipArray(MappingValue? state)
    {
        if (
            state is null
            || state.IsCut
            || state.Find("dtype") is not InstanceValue { ArrayType: { } type }
            || Count(state.Find("shape")) is not { } count
        )
        {
            throw Breaks("array of unknown type or shape, and hence unknown end");
        }

        if (type.HasObjects)
        {
            RunNested();
            return;
        }

        if (type.ItemSize is not { } size || count * size > long.MaxValue)
            throw Breaks("array of unknown size");
        var start = _reader.Position;
        var isAligned = state.Find("numpy_array_alignment_bytes") is { } alignment && alignment != PlainValue.None;
        if (isAligned)
            _reader.Skip(_reader.ReadByte());
        _reader.Skip((long)(count * size));
        if (isAligned && !_hasRunWithoutArrays)
            RunWithoutArrays(start + (long)(count * size), "joblib before 1.2");
        _hasRunWithoutArrays = true;
    }

    // An array of objects is a pickle of its own, which plain pickle.load reads.
    private void RunNested()
    {
        var inner = new PickleMachine(
            _source,
            _reader.Position,
            PersistentIds.None,
            _allowed,
            _budget,
            _nested,
            _depth + 1
        );
        try
        {
            inner.Run();
        }
        finally
        {
            Names += inner.Names;
            foreach (var entry in inner.Findings.Entries)
                Findings.Add(entry);
        }

        _reader.Position = inner.Position;
    }

    // pickle.load knows nothing of joblib's arrays, and joblib before 1.2 nothing of their padding: to them some of the
    // bytes are opcodes. An honest array breaks them within a few of these, so only the first needs to be tried.
    private void RunWithoutArrays(long position, string reader)
    {
        var plain = new PickleMachine(this, position);
        try
        {
            plain.Run();
        }
        catch (PickleBrokenException)
        {
            // As expected; only what it did before counts.
        }

        foreach (var entry in plain.Findings.Entries)
        {
            if (entry.Severity >= Severity.Suspicious && plain.Names > 0)
            {
                Findings.Add(
                    entry.Severity,
                    entry.Offset,
                    entry.Opcode,
                    $"in the bytes of an array, which {reader} reads as opcodes: {entry.Message}"
                );
            }
        }
    }

    private static Int128? Count(PickleValue? shape)
    {
        if (shape is not SequenceValue { IsCut: false } dimensions)
            return null;
        Int128 count = 1;
        foreach (var dimension in dimensions.Items)
        {
            if (
                dimension is not IntegerValue known
                || known.Value < 0
                || known.Value > long.MaxValue
                || count > long.MaxValue
            )
            {
                return null;
            }

            count *= known.Value;
        }

        return count;
    }
}
