using static NixAiModels.Validation.Pickle.Opcode;

namespace NixAiModels.Validation.Pickle;

/// <summary>The opcodes that name, call, build and fill objects.</summary>
internal sealed partial class PickleMachine
{
    private bool StepObject()
    {
        switch (_opcode)
        {
            case Opcode.Global:
                _stack.Push(Resolve(ReadName(), ReadName()));
                return true;
            case StackGlobal:
                var name = Pop();
                var module = Pop();
                _stack.Push(ResolveComputed(module, name));
                return true;
            case Ext1 or Ext2 or Ext4:
                ReadExtension();
                return true;
            case Inst:
                var type = Resolve(ReadName(), ReadName());
                _stack.Push(_calls.Instantiate(type, Checked(PopToMark())));
                return true;
            case Obj:
                var values = PopToMark();
                if (values.Count == 0)
                    throw Underflow();
                _stack.Push(_calls.Instantiate(values[0], Checked(values.GetRange(1, values.Count - 1))));
                return true;
            case Reduce:
                var arguments = Pop();
                _stack.Push(_calls.Call(Pop(), Arguments(arguments)));
                return true;
            case NewObj:
                var newArguments = Pop();
                _stack.Push(_calls.New(Pop(), Arguments(newArguments)));
                return true;
            case NewObjEx:
                var named = Pop();
                var positional = Pop();
                if (named is MappingValue { Pairs.Count: 0 })
                    _stack.Push(_calls.New(Pop(), Arguments(positional)));
                else
                    _stack.Push(_calls.New(Pop(), [.. Arguments(positional), named]));
                return true;
            case Build:
                var state = Pop();
                CheckUnbuilt(Peek());
                _states.Build(Peek(), state);
                if (Peek() is InstanceValue built)
                    built.IsBuilt = true;
                ReadArray();
                return true;
            case PersId:
                _stack.Push(Persistent(new TextValue(System.Text.Encoding.Latin1.GetString(_reader.ReadLine()))));
                return true;
            case BinPersId:
                _stack.Push(Persistent(Pop()));
                return true;
            case NextBuffer or ReadOnlyBuffer:
                throw Breaks("out-of-band buffer");
            default:
                return false;
        }
    }

    private string ReadName()
    {
        // An empty name is invalid, but Python's unpickler imports the module before it fails.
        try
        {
            return new System.Text.UTF8Encoding(false, true).GetString(_reader.ReadLine());
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw Breaks("name is not UTF-8");
        }
    }

    private PickleValue ResolveComputed(PickleValue module, PickleValue name)
    {
        if (module is TextValue moduleText && name is TextValue nameText)
            return Resolve(moduleText.Text, nameText.Text);
        if (module is PlainValue or BytesValue && name is PlainValue or BytesValue or TextValue or InstanceValue)
            Find(Severity.Suspicious, "name from a value that only exists at load time");
        else
            Find(Severity.Suspicious, "name from something other than a string constant");
        return PlainValue.Unknown;
    }

    private GlobalValue Resolve(string module, string name)
    {
        if (
            module.Length > 0
            && module.All(character => char.IsLetterOrDigit(character) || character is '.' or '_' or '-')
        )
        {
            Names++;
        }

        if (_globals.TryGetValue((module, name), out var known))
            return known;
        var rule = GlobalRules.Classify(module, name, _allowed);
        var global = _globals[(module, name)] = new GlobalValue(module, name, rule);
        switch (rule.Severity)
        {
            case Severity.Dangerous when rule.Shape == CallShape.EnumerationMember:
                _conditional.Add((global, _offset, _opcode));
                break;
            case Severity.Dangerous:
                Find(Severity.Dangerous, $"names {global}: {rule.Effect}");
                break;
            case Severity.Suspicious:
                Find(Severity.Suspicious, $"names {global}, which is not on the list of known globals", global);
                break;
            case Severity.Note:
                Find(Severity.Note, $"needs {global}, which the option allow names");
                break;
            case Severity.Report:
                Find(Severity.Report, $"needs {global}");
                break;
        }

        return global;
    }

    private void ReadExtension()
    {
        long code = _opcode switch
        {
            Ext1 => _reader.ReadByte(),
            Ext2 => _reader.ReadUInt16(),
            _ => _reader.ReadInt32(),
        };
        Find(Severity.Suspicious, $"copyreg extension {code}, which only the loading program can resolve");
        _stack.Push(PlainValue.Unknown);
    }

    private List<PickleValue> Arguments(PickleValue value)
    {
        if (value is SequenceValue { Kind: SequenceKind.Tuple } tuple)
            return tuple.Items;
        // Python's own unpickler spreads any iterable; C's wants a tuple.
        Find(Severity.Suspicious, "calls with arguments that are not a tuple");
        return [PlainValue.Unknown];
    }

    private PickleValue Persistent(PickleValue id)
    {
        if (_persistentIds == PersistentIds.None)
            Find(Severity.Suspicious, "persistent id, which only a custom loader can resolve");
        if (id is SequenceValue { Kind: SequenceKind.Tuple, IsCut: false } tuple)
        {
            if (
                tuple.Items
                    is [
                        TextValue { Text: "storage" }
                        or PlainValue,
                        GlobalValue type,
                        TextValue key,
                        TextValue
                        or PlainValue,
                        ..,
                    ]
                && (tuple.Items[0] is TextValue || tuple.Items[0] == PlainValue.Forgotten)
                && GlobalRules.IsStorage(type)
                && tuple.Items.Skip(4).All(item => item is not (GlobalValue or InstanceValue))
            )
            {
                var count = tuple.Items.ElementAtOrDefault(4) is IntegerValue stated ? stated.Value : 0;
                Storages.Add((key.Text, type, (long)Int128.Clamp(count, 0, TorchStorages.MostElements)));
                return PlainValue.Storage;
            }

            if (tuple.Items is [TextValue { Text: "module" }, GlobalValue module, ..])
                return module;
            if (_persistentIds == PersistentIds.TorchTar && tuple.Items is [GlobalValue container, ..])
                return container;
        }
        else if (_persistentIds == PersistentIds.TorchTar && id is TextValue or IntegerValue)
        {
            return PlainValue.Made;
        }

        Find(Severity.Suspicious, "persistent id other than that of a torch storage");
        return PlainValue.Unknown;
    }

    private void PushSequence(SequenceKind kind, List<PickleValue> items) =>
        _stack.Push(new SequenceValue(kind, Checked(items, kind == SequenceKind.Tuple)));

    // The arguments of a call are a tuple; that must then not be held in its turn.
    private static GlobalValue? OpensFiles(PickleValue item, bool isTuple) =>
        item switch
        {
            GlobalValue { Rule.OpensFiles: true } global => isTuple ? null : global,
            SequenceValue { Kind: SequenceKind.Tuple, Items.Count: <= 3 } tuple => tuple
                .Items.OfType<GlobalValue>()
                .FirstOrDefault(global => global.Rule.OpensFiles),
            _ => null,
        };

    private List<PickleValue> Checked(List<PickleValue> items, bool isTuple = false)
    {
        foreach (var item in items)
        {
            if (item is GlobalValue { Rule.MustBeCalled: true } global)
            {
                Find(
                    Severity.Suspicious,
                    $"stores {global} instead of calling it at once; its later arguments cannot be checked"
                );
            }
            else if (OpensFiles(item, isTuple) is { } opener)
            {
                Find(Severity.Suspicious, $"holds {opener}, which opens a file when it is called");
            }
        }

        return items;
    }
}
