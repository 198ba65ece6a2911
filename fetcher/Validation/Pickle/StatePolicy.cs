namespace NixAiModels.Validation.Pickle;

/// <summary>Judges BUILD: an object's <c>__setstate__</c> if it has one, else what is put into its
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
                $"changes {global} itself by BUILD: attributes that are set there can be called, or read back as names"
            );
            return;
        }

        if (target is not InstanceValue instance)
        {
            find(Severity.Suspicious, "gives a state to something that has none: that sets attributes of it");
            return;
        }

        var type = instance.Type;
        if (instance.ArrayType is { } arrayType)
        {
            instance.ArrayType = arrayType.Build(state);
            if (instance.ArrayType is null)
            {
                find(
                    Severity.Suspicious,
                    "gives numpy a type that contradicts itself: it would take raw bytes for objects"
                );
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
            type.Rule.Permits.HasFlag(Permits.Build)
            || type.Rule.Shape is CallShape.RandomGenerator
            || type.Name is "_mareconstruct"
            || type.Rule.Severity == Severity.Report
        )
        {
            CheckAttributes(type, state);
        }
        else if (type.Rule.IsKnown)
        {
            find(Severity.Suspicious, $"gives a state to {type}, which honest files do not");
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

        find(Severity.Suspicious, "gives an array a state that numpy does not write");
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
            find(Severity.Suspicious, $"lets {type} load a file that is not beside this one");
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
                find(Severity.Suspicious, $"gives {type} a state that cannot be known");
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
                find(Severity.Suspicious, $"sets {Printable.Escape(name)} of a {type}, which Python itself would call");
            }
            else if (
                key is TextValue { Text: "restore_design_info" or "formula" or "_parse_arg_template" }
                && type.Module.Split('.')[0] is "statsmodels" or "patsy" or "scipy"
            )
            {
                find(Severity.Suspicious, $"gives {type} a text that its library runs as code once it is loaded");
            }
            else if (key is GlobalValue or BytesValue || key == PlainValue.Unknown)
            {
                find(Severity.Suspicious, $"sets an attribute of a {type} whose name cannot be known");
            }
        }
    }
}
