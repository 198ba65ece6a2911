using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Checks calls and instantiations, and models their results.</summary>
/// <param name="find">Takes a finding.</param>
/// <param name="nested">Scans a file within the file.</param>
/// <param name="allowed">The names that the user allows.</param>
internal sealed partial class CallPolicy(
    Action<Severity, string, GlobalValue?> find,
    Action<ByteSource, string> nested,
    AllowedNames allowed
)
{
    private static readonly HashSet<string> UniversalFunctionModules = new(StringComparer.Ordinal)
    {
        "numpy",
        "numpy.core._multiarray_umath",
        "numpy._core._multiarray_umath",
        "scipy.special",
    };

    /// <summary>How many calls and instantiations there were.</summary>
    public int Count { get; private set; }

    /// <summary>Calls a value (REDUCE).</summary>
    public PickleValue Call(PickleValue callable, List<PickleValue> arguments) => Call(callable, arguments, 0);

    /// <summary>Calls a value (INST, OBJ); a class without arguments is not called but only made an instance of
    /// (pickle.py, _instantiate).</summary>
    public PickleValue Instantiate(PickleValue callable, List<PickleValue> arguments) =>
        arguments.Count == 0
        && callable is GlobalValue { Rule: var rule }
        && rule.PermittedUses.HasFlag(PermittedUses.New)
        && !rule.PermittedUses.HasFlag(PermittedUses.Call)
            ? New(callable, arguments)
            : Call(callable, arguments);

    /// <summary>Makes an instance with __new__ (NEWOBJ, NEWOBJ_EX).</summary>
    public PickleValue New(PickleValue type, List<PickleValue> arguments)
    {
        Count++;
        if (type is not GlobalValue global)
            return Refuse("instantiates something other than a named class");
        if (!global.Rule.PermittedUses.HasFlag(PermittedUses.New))
            return RefuseUse(global, "instantiates");
        if (
            global.Rule.Severity is not null
            && global.Rule.Shape != CallShape.OneConstant
            && arguments.Exists(value => value is not (TextValue or IntegerValue or PlainValue))
        )
        {
            CheckData(global, arguments, typesPass: true);
        }
        else
        {
            Check(global, arguments);
        }

        return new InstanceValue(global);
    }

    private PickleValue Call(PickleValue callable, List<PickleValue> arguments, int depth)
    {
        Count++;
        if (callable is not GlobalValue global)
            return Refuse("calls something other than a named function: an object, a string or the result of a call");
        if (!global.Rule.PermittedUses.HasFlag(PermittedUses.Call))
            return RefuseUse(global, "calls");
        switch (global.Rule.Shape)
        {
            case CallShape.Encode:
                return Encode(arguments);
            case CallShape.Reconstructor:
                return Reconstruct(arguments);
            case CallShape.NewObject:
                return arguments.Count == 0
                    ? Refuse("instantiates nothing")
                    : New(arguments[0], Spread(global, arguments));
            case CallShape.ArrayType:
                return MakeArrayType(global, arguments);
            case CallShape.NestedTorch:
                return LoadNested(arguments);
            case CallShape.EnumerationMember:
                return MemberOf(global, arguments);
            case CallShape.RebuildFromType:
                return Rebuild(arguments, depth);
            case CallShape.JaxArray:
                return MakeJaxArray(global, arguments, depth);
            default:
                Check(global, arguments);
                return Result(global, arguments);
        }
    }

    private void Check(GlobalValue global, List<PickleValue> arguments)
    {
        if (global.Rule.Severity is null && FindIterated(global, arguments) is { } type)
            Refuse($"passes an object of {type} to {global}, which calls methods of it");
        switch (global.Rule.Shape)
        {
            case CallShape.Anything:
                break;
            case CallShape.OneConstant:
                if (arguments is not [TextValue or IntegerValue or PlainValue])
                    RefuseUse(global, "calls, with other than one constant,");
                break;
            case CallShape.DefaultDict:
                if (
                    arguments is [GlobalValue factory, ..]
                    && (
                        factory.Rule.IsDangerous || factory.Module is not ("builtins" or "__builtin__" or "collections")
                    )
                )
                {
                    Refuse($"passes {factory} to a defaultdict, which calls it");
                }

                CheckData(global, [.. arguments.Skip(1)], typesPass: true);
                break;
            case CallShape.UniversalFunction:
                if (
                    arguments is not [TextValue importer, TextValue name]
                    || !UniversalFunctionModules.Contains(importer.Text)
                    || GlobalRules.Classify("numpy", name.Text, allowed).Severity is not (null or Severity.Report)
                )
                {
                    Refuse("makes numpy import a module by name");
                }

                break;
            case CallShape.RandomGenerator:
                if (
                    !arguments.TrueForAll(value =>
                        value is TextValue or PlainValue
                        || value is GlobalValue { Module: var module }
                            && module.StartsWith("numpy.random.", StringComparison.Ordinal)
                        || value is InstanceValue
                    )
                )
                {
                    Refuse("passes numpy.random something other than the name of a generator");
                }

                break;
            default:
                CheckData(global, arguments, global.Rule.Shape == CallShape.DataAndTypes);
                break;
        }
    }

    // Python's own containers and numbers iterate over an object or convert it; dictionaries iterate over pairs too.
    private static GlobalValue? FindIterated(GlobalValue global, List<PickleValue> arguments)
    {
        if (global.Module is not ("builtins" or "__builtin__" or "collections") || global.Name is "object")
            return null;
        var iterated = global.Name is "OrderedDict" or "defaultdict" or "dict"
            ? arguments.Concat(arguments.OfType<SequenceValue>().SelectMany(argument => argument.Items))
            : arguments;
        return iterated
            .OfType<InstanceValue>()
            .Select(instance => instance.Type)
            .FirstOrDefault(type => type.Rule.Severity is not null);
    }

    private static PickleValue Result(GlobalValue global, List<PickleValue> arguments) =>
        (global.Name, arguments) switch
        {
            ("set" or "frozenset", [SequenceValue items]) => new SequenceValue(SequenceKind.Set, [.. items.Items])
            {
                IsCut = items.IsCut,
                IsOpaque = items.IsOpaque,
            },
            ("set", []) => new SequenceValue(SequenceKind.Set, []),
            ("list", []) => new SequenceValue(SequenceKind.List, []),
            ("dict", []) => new MappingValue(),
            ("_reconstruct" or "_rebuild_parameter" or "_mareconstruct", _) => new InstanceValue(global),
            _ when global.Rule.Severity is null && IsNumbers(global.Name, arguments) => PlainValue.Numbers,
            _ when global.Rule.Severity is not null => new InstanceValue(global),
            _ when char.IsAsciiLetterUpper(global.Name.TrimStart('_') is { Length: > 0 } bare ? bare[0] : '_') =>
                new InstanceValue(global),
            ("defaultdict" or "deque" or "dict" or "list", _) => new InstanceValue(global),
            _ when global.Rule.PermittedUses.HasFlag(PermittedUses.Build)
                    || global.Rule.Shape == CallShape.RandomGenerator => new InstanceValue(global),
            _ => PlainValue.Made,
        };

    // A scalar of numpy's object type is the object that it is given, whatever that is.
    private static bool IsNumbers(string name, List<PickleValue> arguments) =>
        name is "scalar"
            ? arguments is [InstanceValue { ArrayType.HasObjects: false }, BytesValue or TextValue]
            : name is "_frombuffer" || name.StartsWith("_rebuild_", StringComparison.Ordinal);

    private void CheckData(GlobalValue callee, List<PickleValue> arguments, bool typesPass)
    {
        if (CallArguments.FindHazard(callee, arguments, typesPass) is { } hazard)
            Refuse(hazard);
    }

    private PlainValue RefuseUse(GlobalValue global, string use)
    {
        // A dangerous name was found when it was named; that it is also called makes it no worse.
        if (!global.Rule.IsDangerous)
            find(Severity.Suspicious, $"{use} {global}, which is only allowed as data", global);
        return PlainValue.Unknown;
    }

    private PlainValue Refuse(string what)
    {
        find(Severity.Suspicious, what, null);
        return PlainValue.Unknown;
    }
}
