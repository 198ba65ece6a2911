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
}
