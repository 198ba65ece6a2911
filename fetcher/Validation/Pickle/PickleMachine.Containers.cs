using static NixAiModels.Validation.Pickle.Opcode;

namespace NixAiModels.Validation.Pickle;

/// <summary>Lists, tuples, sets and dictionaries.</summary>
internal sealed partial class PickleMachine
{
    private bool StepContainer()
    {
        switch (_opcode)
        {
            case EmptyDict:
                _stack.Push(new MappingValue());
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
                _stack.Push(dict);
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

    private void Extend(PickleValue target, List<PickleValue> items, SequenceKind kind)
    {
        Checked(items);
        CheckUnbuilt(target);
        switch (target)
        {
            case SequenceValue sequence when sequence.Kind == kind:
                CheckKeys(kind == SequenceKind.Set ? items : []);
                if (Keeps(sequence.Items.Count, items.Count))
                {
                    sequence.Items.AddRange(items);
                    break;
                }

                sequence.IsCut = true;
                sequence.IsOpaque |= items.Exists(item => !item.IsConstant);
                break;
            // Only a true set is written with ADDITEMS.
            case InstanceValue instance
                when kind == SequenceKind.List && instance.Type.Rule.PermittedUses.HasFlag(PermittedUses.Append):
                _states.Append(instance.Type, items);
                break;
            default:
                Find(Severity.Suspicious, "appends to something other than a list, which calls a method of it");
                break;
        }
    }

    private void SetPairs(PickleValue target, List<PickleValue> items)
    {
        if (items.Count % 2 != 0)
            throw Breaks("key without a value");
        Checked(items);
        CheckUnbuilt(target);
        if (target is MappingValue mapping)
        {
            CheckKeys(items.Where((_, index) => index % 2 == 0));
            if (Keeps(mapping.Pairs.Count, items.Count / 2))
            {
                for (var index = 0; index < items.Count; index += 2)
                    mapping.Pairs.Add((items[index], items[index + 1]));
                return;
            }

            mapping.IsCut = true;
            mapping.IsOpaque |= items.Exists(item => !item.IsConstant);
        }
        else if (target is InstanceValue instance && instance.Type.Rule.PermittedUses.HasFlag(PermittedUses.SetItems))
        {
            CheckKeys(items.Where((_, index) => index % 2 == 0));
            if (instance.Type.Rule.Severity is not null)
                _states.SetItems(instance.Type, items);
        }
        else
        {
            Find(
                Severity.Suspicious,
                "sets items of something other than a dictionary, which calls a method of it or changes shared state"
            );
        }
    }

    // The opcodes that change an object look up a method of it, and its state may say which: by an attribute's name, or
    // by a map of names that its class reads.
    private void CheckUnbuilt(PickleValue target)
    {
        if (target is InstanceValue { IsBuilt: true, Type: var type })
            Find(Severity.Suspicious, $"changes {type} after its state was set, by a method that the state may name");
    }

    private bool Keeps(int already, int more)
    {
        if (already + more <= AlwaysKept && _keptAlways + more <= MaxKeptAlways)
        {
            _keptAlways += more;
            return true;
        }

        if (_kept + more > MaxKept)
            return false;
        _kept += more;
        return true;
    }

    // A dictionary or a set calls __hash__ and __eq__ of what it is given as a key.
    private void CheckKeys(IEnumerable<PickleValue> keys)
    {
        foreach (var key in keys)
        {
            if (key == PlainValue.Unknown || key == PlainValue.Opaque)
                Find(Severity.Suspicious, "key that cannot be determined, whose __hash__ Python calls");
            else if (HashRuns(key) is { } type)
                Find(Severity.Suspicious, $"key that is an object of {type}, which has a __hash__ of its own");
        }
    }

    private static GlobalValue? HashRuns(PickleValue key) =>
        key switch
        {
            InstanceValue { Type: { Rule.HashRuns: true } type } => type,
            SequenceValue { Kind: SequenceKind.Tuple, Items.Count: <= 16 } tuple => tuple
                .Items.Where(item => item is InstanceValue)
                .Select(HashRuns)
                .FirstOrDefault(type => type is not null),
            _ => null,
        };
}
