namespace NixAiModels.Validation.Pickle;

/// <summary>Checks BUILD: an object's <c>__setstate__</c> if it has one, else what is put into its
/// <c>__dict__</c>.</summary>
/// <param name="find">Takes a finding.</param>
internal sealed partial class StatePolicy(Action<Severity, string> find)
{
    // The methods that opcodes call; those that the __setstate__ of known classes calls are in classes.txt.
    private static readonly HashSet<string> CalledMethods = new(StringComparer.Ordinal)
    {
        "add",
        "append",
        "extend",
        "find_class",
        "get",
        "items",
        "keys",
        "persistent_load",
        "read",
        "readinto",
        "readline",
        "setdefault",
        "update",
    };

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
            if (!IsArrayState(state))
                find(Severity.Suspicious, "array state that numpy does not write");
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
            || type.Rule.Severity is Severity.Report
        )
        {
            // A Bunch is its own dictionary of attributes: its items were checked when they were set.
            var isChecked =
                type.Rule.Severity is Severity.Report && type.Rule.PermittedUses.HasFlag(PermittedUses.SetItems);
            if (state != target || !isChecked)
                CheckAttributes(type, state);
        }
        else
        {
            find(Severity.Suspicious, $"sets the state of {type}, which is not allowed");
        }

        CheckUnread(type, [state]);
    }

    private void CheckUnread(GlobalValue type, IEnumerable<PickleValue> values)
    {
        if (type.Rule.IsUnread && CallArguments.FindHazard(type, values, typesPass: true) is { } hazard)
            find(Severity.Suspicious, hazard);
    }

    /// <summary>Whether it is what numpy's ndarray.__setstate__ takes: (version, shape, dtype, is Fortran,
    /// data).</summary>
    public static bool IsArrayState(PickleValue state) =>
        state is SequenceValue { Items: [_, SequenceValue, InstanceValue { ArrayType: { } type }, _, var data] }
        && (
            type.HasObjects
                ? data is SequenceValue { Kind: SequenceKind.List }
                : data is BytesValue or TextValue || data == PlainValue.Made
        );

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

    // Without a __setstate__ of its own, a class gets a dictionary, or (dictionary, slots): anything else is for a
    // method that nobody read, and a subclass of dict hides what it holds.
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
                Items: [MappingValue or PlainValue, MappingValue or PlainValue] parts
            } when parts.TrueForAll(part => part is MappingValue || part == PlainValue.None):
                foreach (var part in parts.OfType<MappingValue>())
                    CheckNames(type, part);
                if (parts[1] is MappingValue slots && !MaySetSlots(type, slots))
                    find(Severity.Suspicious, $"sets slots of {type}, which runs the setters of its class");
                break;
            case SequenceValue { Kind: SequenceKind.Tuple } tuple when type.Rule.TakesData:
                if (CallArguments.FindHazard(type, tuple.Items, typesPass: true) is { } hazard)
                    find(Severity.Suspicious, hazard);
                // NDArrayBacked's last item is a dictionary of attributes.
                foreach (var part in tuple.Items.OfType<MappingValue>())
                    CheckNames(type, part);
                break;
            case IntegerValue or TextValue or BytesValue when type.Rule.IsUnread:
            case SequenceValue when type.Rule.IsUnread:
            case PlainValue when type.Rule.IsUnread && state != PlainValue.Unknown && state != PlainValue.Opaque:
            case IntegerValue or TextValue or BytesValue when type.Rule.TakesData:
                break;
            case PlainValue when state == PlainValue.None:
                break;
            default:
                find(Severity.Suspicious, $"sets the state of {type} to something other than a dictionary");
                break;
        }
    }

    // scipy's interpolators have slots beside a property with a setter, fill_value.
    private static bool MaySetSlots(GlobalValue type, MappingValue slots) =>
        type.Rule.Severity is not Severity.Report
        || type.Rule.PermittedUses.HasFlag(PermittedUses.SetSlots)
        || slots.Pairs.TrueForAll(slot =>
            slot.Key is TextValue { Text: "_y_axis" or "_y_extra_shape" or "dtype" }
            && type.Module.StartsWith("scipy.interpolate.", StringComparison.Ordinal)
        );

    /// <summary>Checks the items that an object gets at its end.</summary>
    public void Append(GlobalValue type, List<PickleValue> items) => CheckUnread(type, items);

    /// <summary>Checks the items that a subclass of dict gets: some of them give their items as attributes.</summary>
    public void SetItems(GlobalValue type, List<PickleValue> items)
    {
        CheckUnread(type, items);
        for (var index = 0; index + 1 < items.Count; index += 2)
        {
            if (items[index] is TextValue { Text: var name } && IsHazard(name, items[index + 1]))
                find(Severity.Suspicious, $"sets {Printable.Escape(name)} of {type}, which Python calls implicitly");
            else if (items[index] is PlainValue or BytesValue or InstanceValue && items[index] != PlainValue.None)
                find(Severity.Suspicious, $"sets an item of {type} whose key cannot be determined");
        }
    }

    // Instance attributes are looked up by the next opcodes: __setstate__ by BUILD, append and extend by APPENDS.
    private void CheckNames(GlobalValue type, MappingValue attributes)
    {
        if (attributes.IsCut)
            find(Severity.Suspicious, $"sets more attributes of {type} than can be followed");
        foreach (var (key, value) in attributes.Pairs)
        {
            if (key is not TextValue { Text: var name })
            {
                find(Severity.Suspicious, $"sets an attribute of {type} whose name cannot be determined");
            }
            else if (IsHazard(name, value))
            {
                find(Severity.Suspicious, $"sets {Printable.Escape(name)} of {type}, which Python calls implicitly");
            }
            else if (RenamesAttributes(name, value))
            {
                find(
                    Severity.Suspicious,
                    $"sets {name} of {type}, by which other attributes take the place of its methods"
                );
            }
            else if (IsCode(type, name, value, attributes))
            {
                find(
                    Severity.Suspicious,
                    $"sets {name} of {type} to something that its library runs while it loads it"
                );
            }
        }
    }

    // transformers: PretrainedConfig looks attributes up by attribute_map, BatchFeature and BatchEncoding in data.
    private static bool RenamesAttributes(string name, PickleValue value) =>
        name switch
        {
            "attribute_map" => value is not MappingValue { IsCut: false } map
                || map.Pairs.Exists(pair =>
                    pair.Key is not TextValue key || IsSpecialName(key.Text) || IsCalled(key.Text)
                ),
            "data" => value is MappingValue data
                && data.Pairs.Exists(pair => pair.Key is TextValue key && IsHazard(key.Text, pair.Value)),
            _ => false,
        };

    private static bool IsSpecialName(string name) => name.StartsWith("__", StringComparison.Ordinal);

    private static bool IsCalled(string name) => CalledMethods.Contains(name) || ReadClasses.Calls(name);

    // What a library runs, evaluates or closes while it loads the state.
    private static bool IsCode(GlobalValue type, string name, PickleValue value, MappingValue attributes) =>
        name switch
        {
            "restore_design_info" => attributes.Find("formula") is not TextValue formula
                || !Formula.IsHarmless(formula.Text)
                || attributes.Find("frame") is not InstanceValue { Type.Name: "DataFrame" },
            "formula" when type.Module.StartsWith("statsmodels.", StringComparison.Ordinal) => value != PlainValue.None
                && (value is not TextValue text || !Formula.IsHarmless(text.Text)),
            "_parse_arg_template" => !IsTemplate(value),
            "_qhull" => value != PlainValue.None,
            // Spread into a call; an object's own keys() would run.
            "sp_model_kwargs" or "axes_lengths" => value is not MappingValue,
            "vocab_file" or "sp_model_proto" when type.Module.StartsWith("transformers.", StringComparison.Ordinal) =>
                !value.IsConstant,
            "handle" or "_handle" when type.Module.StartsWith("lightgbm.", StringComparison.Ordinal) => value
                != PlainValue.None
                && value is not (TextValue or BytesValue { IsText: true }),
            "_test_eval" or "_test_evals" when type.Module.StartsWith("catboost.", StringComparison.Ordinal) =>
                !IsNumbers(value),
            _ => false,
        };

    private static bool IsNumbers(PickleValue value) =>
        value.IsConstant
        || value is SequenceValue { IsOpaque: false } sequence && sequence.Items.TrueForAll(item => item.IsConstant);

    // scipy/stats/_distn_infrastructure.py, parse_arg_template: only the names of its arguments vary.
    [System.Text.RegularExpressions.GeneratedRegex(
        @"\A\ndef _parse_args\(self, (?<a>(?:[A-Za-z_][A-Za-z_0-9]*, )*) (?<in>loc=0(?:, scale=1)?)\):\n"
            + @"    return \(\k<a>\), (?<out>loc, (?:scale|1))\n\n"
            + @"def _parse_args_rvs\(self, \k<a> \k<in>, size=None\):\n"
            + @"    return self\._argcheck_rvs\(\k<a> \k<out>, size=size\)\n\n"
            + @"def _parse_args_stats\(self, \k<a> \k<in>, moments='mv'\):\n"
            + @"    return \(\k<a>\), \k<out>, moments\n\z"
    )]
    private static partial System.Text.RegularExpressions.Regex Template();

    private static bool IsTemplate(PickleValue value) => value is TextValue text && Template().IsMatch(text.Text);

    private static bool IsHazard(string name, PickleValue value) =>
        IsSpecialName(name)
            ? !value.IsConstant || value == PlainValue.Made || value == PlainValue.Numbers
            : IsCalled(name) && MayBeCallable(value);

    private static bool MayBeCallable(PickleValue value) =>
        value is GlobalValue
        || (
            value is InstanceValue { Type: var type } && (type.Name != "_reconstruct" || type.Rule.Severity is not null)
        )
        || value == PlainValue.Unknown
        || value == PlainValue.Opaque
        || value == PlainValue.Made;
}
