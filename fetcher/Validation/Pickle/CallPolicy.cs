using System.Text;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Checks calls and instantiations, and models their results.</summary>
/// <param name="find">Takes a finding.</param>
/// <param name="nested">Scans a file within the file.</param>
/// <param name="allowed">The names that the user allows.</param>
internal sealed class CallPolicy(
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

    private const int LargestText = 64 << 20;
    private const int MaxRebuildDepth = 8;

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

    // Codecs are looked up by name and may run code of their own; text to bytes is all that protocol 2 needs.
    private PickleValue Encode(List<PickleValue> arguments)
    {
        Encoding? encoding = arguments is [TextValue or BytesValue { IsText: true }, TextValue codec]
            ? codec.Text.ToLowerInvariant().Replace('_', '-') switch
            {
                "latin1" or "latin-1" or "iso-8859-1" or "iso8859-1" => Encoding.Latin1,
                "utf-8" or "utf8" => Encoding.UTF8,
                "ascii" => Encoding.ASCII,
                _ => null,
            }
            : null;
        if (encoding is null)
            return Refuse("encodes with unusual arguments or an unusual codec");
        if (arguments[0] is TextValue text)
            return new BytesValue(new MemorySource(encoding.GetBytes(text.Text)));
        // A long text is UTF-8 in the file; it is converted to Latin-1 only where its content is loaded.
        return encoding == Encoding.Latin1 ? arguments[0] : new BytesValue(((BytesValue)arguments[0]).Source);
    }

    private PickleValue Reconstruct(List<PickleValue> arguments)
    {
        if (
            arguments is not [GlobalValue, GlobalValue { Module: "builtins" or "__builtin__" } based, _]
            || !based.Rule.PermittedUses.HasFlag(PermittedUses.New | PermittedUses.Call)
                && !based.Rule.PermittedUses.HasFlag(PermittedUses.Call)
        )
        {
            return Refuse("reconstructs an object on an unusual base");
        }

        return New(arguments[0], arguments[2] == PlainValue.None ? [] : [arguments[2]]);
    }

    private static List<PickleValue> Spread(GlobalValue global, List<PickleValue> arguments)
    {
        if (global.Name == "__newobj__")
            return arguments.GetRange(1, arguments.Count - 1);
        return arguments is [_, SequenceValue positional, MappingValue named]
            ? [.. positional.Items, .. named.Pairs.Select(pair => pair.Value)]
            : [PlainValue.Unknown];
    }

    // What it gives can be held, and neither called nor changed nor used as a name.
    private PlainValue MemberOf(GlobalValue global, List<PickleValue> arguments)
    {
        var isHarmless = arguments switch
        {
            [GlobalValue type, TextValue { Text: var name }] => IsMember(type, name),
            [InstanceValue instance, TextValue { Text: var name }] => LibraryGlobals.HoldsMethod(instance.Type, name),
            _ => false,
        };
        if (isHarmless)
        {
            global.HasPermittedUse = true;
            return PlainValue.Made;
        }

        find(Severity.Dangerous, $"calls {global}: {global.Rule.Effect}", null);
        return PlainValue.Unknown;
    }

    // A member of an enumeration, or a function of a class that is listed under its dotted name.
    private bool IsMember(GlobalValue type, string name) =>
        type.Rule is { Severity: not null, IsDangerous: false }
        && (
            type.Rule.PermittedUses.HasFlag(PermittedUses.New)
                && name.Length > 0
                && char.IsAsciiLetterUpper(name[0])
                && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            || LibraryGlobals.IsArithmetic(GlobalRules.Classify(type.Module, $"{type.Name}.{name}", allowed))
        );

    private PickleValue MakeArrayType(GlobalValue global, List<PickleValue> arguments)
    {
        var type = arguments switch
        {
            [TextValue code, ..] => ArrayType.Parse(code.Text),
            [GlobalValue { Rule.IsDangerous: false, Name: "record" or "void" }, ..] => ArrayType.Parse("V"),
            [GlobalValue { Rule.IsDangerous: false } scalar, ..] when IsScalar(scalar.Module) => ArrayType.Parse(
                scalar.Name.TrimEnd('_')
            ),
            _ => null,
        };
        if (type is null)
            return Refuse("makes a numpy dtype of something other than a type code");
        CheckData(global, [.. arguments.Skip(1)], typesPass: false);
        return new InstanceValue(global) { ArrayType = type };
    }

    private static bool IsScalar(string module) => module is "numpy" or "ml_dtypes" or "builtins" or "__builtin__";

    private PlainValue LoadNested(List<PickleValue> arguments)
    {
        switch (arguments)
        {
            case [BytesValue { IsText: false } bytes]:
                nested(bytes.Source, "torch.storage._load_from_bytes");
                return PlainValue.Made;
            case [BytesValue { IsText: true } text]:
                if (text.Source.Length > LargestText)
                    return Refuse("loads an embedded file that is too large to inspect");
                nested(
                    new MemorySource(
                        Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(text.Source.Peek(0, (int)text.Source.Length)))
                    ),
                    "torch.storage._load_from_bytes"
                );
                return PlainValue.Made;
            default:
                return Refuse("loads an embedded file that only exists at load time");
        }
    }

    private PlainValue Rebuild(List<PickleValue> arguments, int depth)
    {
        if (
            depth > MaxRebuildDepth
            || arguments
                is not [GlobalValue function, GlobalValue type, SequenceValue { Kind: SequenceKind.Tuple } inner, ..]
            || !function.Name.StartsWith("_rebuild", StringComparison.Ordinal)
            || type.Rule.IsDangerous
        )
        {
            return Refuse("rebuilds a tensor with a function from outside torch");
        }

        CheckData(function, arguments.GetRange(3, arguments.Count - 3), typesPass: false);
        Call(function, inner.Items, depth + 1);
        return PlainValue.Made;
    }

    private PlainValue MakeJaxArray(GlobalValue global, List<PickleValue> arguments, int depth)
    {
        var isArray =
            arguments is [GlobalValue { Name: "_reconstruct" }, SequenceValue, var state, MappingValue]
            && StatePolicy.IsArrayState(state);
        if (!isArray)
            return Refuse($"calls {global} with other arguments than an array");
        CheckData(global, [arguments[3]], typesPass: false);
        Call(arguments[0], ((SequenceValue)arguments[1]).Items, depth + 1);
        return PlainValue.Made;
    }

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
