namespace NixAiModels.Validation.Pickle;

/// <summary>Checks BUILD: an object's <c>__setstate__</c> if it has one, else what is put into its
/// <c>__dict__</c>.</summary>
/// <param name="find">Takes a finding.</param>
internal sealed class StatePolicy(Action<Severity, string> find)
{
    /// <summary>The state of the last array wrapper of joblib.</summary>
    public MappingValue? LastArrayState { get; private set; }

    /// <summary>Gives a state to a target.</summary>
    public void Build(PickleValue target, PickleValue state)
    {
        if (target is GlobalValue global)
        {
            find(
                Severity.Suspicious,
                $"changes {global} itself by BUILD; the attributes can be called, or read back as names"
            );
            return;
        }

        if (target is not InstanceValue instance)
        {
            find(Severity.Suspicious, "sets the state of something that has none, which sets its attributes");
            return;
        }

        var type = instance.Type;
        if (instance.ArrayType is { } arrayType)
        {
            instance.ArrayType = arrayType.Build(state);
            if (instance.ArrayType is null)
            {
                find(Severity.Suspicious, "contradictory numpy dtype, with which raw bytes are read as objects");
            }
        }
        else if (type.Name == "_reconstruct")
        {
            CheckArray(state);
        }
        else if (type.Rule == GlobalRules.ArrayWrapper)
        {
            LastArrayState = state as MappingValue;
            CheckAttributes(type, state);
        }
        else if (type.Name is "NDArrayWrapper" or "ZNDArrayWrapper")
        {
            CheckFileName(type, state);
        }
        else if (
            type.Rule.PermittedUses.HasFlag(PermittedUses.Build)
            || type.Rule.Shape is CallShape.RandomGenerator
            || type.Name is "_mareconstruct"
            || type.Rule.Severity == Severity.Report
        )
        {
            CheckAttributes(type, state);
        }
        else if (type.Rule.IsKnown)
        {
            find(Severity.Suspicious, $"sets the state of {type}, which is not allowed");
        }
    }

    // numpy's ndarray.__setstate__: (version, shape, dtype, is Fortran, data).
    private void CheckArray(PickleValue state)
    {
        if (
            state is SequenceValue { Items: [_, SequenceValue, InstanceValue { ArrayType: { } type }, _, var data] }
            && (
                type.HasObjects
                    ? data is SequenceValue { Kind: SequenceKind.List }
                    : data is BytesValue or TextValue || data == PlainValue.Made
            )
        )
        {
            return;
        }

        find(Severity.Suspicious, "array state that numpy does not write");
    }

    // joblib loads that file, as a pickle if it is one (numpy_pickle_compat.py, NDArrayWrapper.read): what is beside is
    // scanned, what is elsewhere is not.
    private void CheckFileName(GlobalValue type, PickleValue state)
    {
        if (
            state is not MappingValue mapping
            || mapping.IsCut
            || mapping.Find("filename") is not TextValue { Text: { Length: > 0 } name }
            || name is "." or ".."
            || name.AsSpan().ContainsAny('/', '\\')
        )
        {
            find(Severity.Suspicious, $"makes {type} load a file from another folder");
        }

        CheckAttributes(type, state);
    }

    // Instance attributes are looked up by the next opcodes: __setstate__ by BUILD, append and extend by APPENDS.
    private void CheckAttributes(GlobalValue type, PickleValue state)
    {
        switch (state)
        {
            case MappingValue mapping:
                CheckNames(type, mapping);
                break;
            case SequenceValue
            {
                Kind: SequenceKind.Tuple,
                Items: [MappingValue or PlainValue, MappingValue slots]
            } pair:
                CheckNames(type, slots);
                if (pair.Items[0] is MappingValue dictionary)
                    CheckNames(type, dictionary);
                break;
            case PlainValue when state == PlainValue.Unknown:
            case GlobalValue:
                find(Severity.Suspicious, $"sets the state of {type} to a value that cannot be determined");
                break;
        }
    }

    private void CheckNames(GlobalValue type, MappingValue attributes)
    {
        foreach (var (key, _) in attributes.Pairs)
        {
            if (
                key is TextValue { Text: var name }
                && (
                    name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)
                    || name is "append" or "extend"
                )
            )
            {
                find(Severity.Suspicious, $"sets {Printable.Escape(name)} of {type}, which Python calls implicitly");
            }
            else if (
                key is TextValue { Text: "restore_design_info" or "formula" or "_parse_arg_template" }
                && type.Module.Split('.')[0] is "statsmodels" or "patsy" or "scipy"
            )
            {
                find(Severity.Suspicious, $"sets a string of {type} that its library runs as code");
            }
            else if (key is GlobalValue or BytesValue || key == PlainValue.Unknown)
            {
                find(Severity.Suspicious, $"sets an attribute of {type} whose name cannot be determined");
            }
        }
    }
}
