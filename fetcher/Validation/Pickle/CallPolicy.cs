using System.Text;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Judges calls and instantiations, and says what they give.</summary>
/// <param name="find">Takes a finding.</param>
/// <param name="nested">Scans a file within the file.</param>
internal sealed class CallPolicy(Action<Severity, string> find, Action<ByteSource, string> nested)
{
    private static readonly HashSet<string> UniversalFunctionModules = new(StringComparer.Ordinal)
    {
        "numpy",
        "numpy.core._multiarray_umath",
        "numpy._core._multiarray_umath",
        "scipy.special",
    };

    private const int MostVisited = 20_000;
    private const int LargestText = 64 << 20;
    private const int DeepestRebuild = 8;

    /// <summary>How many calls and instantiations there were.</summary>
    public int Count { get; private set; }

    /// <summary>Calls a value (REDUCE).</summary>
    public PickleValue Call(PickleValue callable, List<PickleValue> arguments) => Call(callable, arguments, 0);

    /// <summary>Calls a value (INST, OBJ); a class without arguments is not called but only made an instance of
    /// (pickle.py, _instantiate).</summary>
    public PickleValue Instantiate(PickleValue callable, List<PickleValue> arguments) =>
        arguments.Count == 0
        && callable is GlobalValue { Rule: var rule }
        && rule.Permits.HasFlag(Permits.New)
        && !rule.Permits.HasFlag(Permits.Call)
            ? New(callable, arguments)
            : Call(callable, arguments);

    /// <summary>Makes an instance with __new__ (NEWOBJ, NEWOBJ_EX).</summary>
    public PickleValue New(PickleValue type, List<PickleValue> arguments)
    {
        Count++;
        if (type is not GlobalValue global)
            return Refuse("makes an instance of something that is no named class");
        if (!global.Rule.Permits.HasFlag(Permits.New))
            return RefuseUse(global, "makes an instance of");
        if (
            global.Rule.Severity is Severity.Report
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
            return Refuse("calls something that is no named function: an object, a string, or what another call gave");
        if (!global.Rule.Permits.HasFlag(Permits.Call))
            return RefuseUse(global, "calls");
        switch (global.Rule.Shape)
        {
            case CallShape.Encode:
                return Encode(arguments);
            case CallShape.Reconstructor:
                return Reconstruct(arguments);
            case CallShape.NewObject:
                return arguments.Count == 0
                    ? Refuse("makes an instance of nothing")
                    : New(arguments[0], Spread(global, arguments));
            case CallShape.ArrayType:
                return MakeArrayType(global, arguments);
            case CallShape.NestedTorch:
                return LoadNested(arguments);
            case CallShape.EnumerationMember:
                return MemberOf(global, arguments);
            case CallShape.RebuildFromType:
                return Rebuild(arguments, depth);
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
                    RefuseUse(global, "calls, with more than one constant,");
                break;
            case CallShape.DefaultDict:
                if (
                    arguments is [GlobalValue factory, ..]
                    && (!factory.Rule.IsKnown || factory.Module is not ("builtins" or "__builtin__" or "collections"))
                )
                {
                    Refuse($"gives {factory} to a defaultdict, which calls it");
                }

                CheckData(global, [.. arguments.Skip(1)], typesPass: true);
                break;
            case CallShape.UniversalFunction:
                if (
                    arguments is not [TextValue importer, TextValue name]
                    || !UniversalFunctionModules.Contains(importer.Text)
                    || GlobalRules.Classify("numpy", name.Text).Severity is not (null or Severity.Report)
                )
                {
                    Refuse("lets numpy import a module by name");
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
                    Refuse("gives numpy.random something else than a generator's name");
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
            },
            ("set", []) => new SequenceValue(SequenceKind.Set, []),
            ("list", []) => new SequenceValue(SequenceKind.List, []),
            ("dict", []) => new MappingValue(),
            ("_reconstruct" or "_rebuild_parameter" or "_mareconstruct", _) => new InstanceValue(global),
            _ when global.Rule.Severity is Severity.Report => new InstanceValue(global),
            _ when char.IsAsciiLetterUpper(global.Name.TrimStart('_') is { Length: > 0 } bare ? bare[0] : '_') =>
                new InstanceValue(global),
            ("defaultdict" or "deque" or "dict" or "list", _) => new InstanceValue(global),
            _ when global.Rule.Permits.HasFlag(Permits.Build) || global.Rule.Shape == CallShape.RandomGenerator =>
                new InstanceValue(global),
            _ => PlainValue.Made,
        };

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
            return Refuse("encodes with a codec, or something, that honest files do not");
        if (arguments[0] is TextValue text)
            return new BytesValue(new MemorySource(encoding.GetBytes(text.Text)));
        // A long text is UTF-8 in the file; Latin-1 of it is only made when somebody loads what it holds.
        return encoding == Encoding.Latin1 ? arguments[0] : new BytesValue(((BytesValue)arguments[0]).Source);
    }

    private PickleValue Reconstruct(List<PickleValue> arguments)
    {
        if (
            arguments is not [GlobalValue, GlobalValue { Module: "builtins" or "__builtin__" } based, _]
            || !based.Rule.Permits.HasFlag(Permits.New | Permits.Call) && !based.Rule.Permits.HasFlag(Permits.Call)
        )
        {
            return Refuse("reconstructs an object on a base that is no plain type");
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
        if (
            arguments is [GlobalValue { Rule: { Severity: Severity.Report } rule }, TextValue { Text: var name }]
            && rule.Permits.HasFlag(Permits.New)
            && name.Length > 0
            && char.IsAsciiLetterUpper(name[0])
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
        )
        {
            global.IsExcused = true;
            return PlainValue.Made;
        }

        find(Severity.Dangerous, $"calls {global}: {global.Rule.Effect}");
        return PlainValue.Unknown;
    }

    private PickleValue MakeArrayType(GlobalValue global, List<PickleValue> arguments)
    {
        var type = arguments switch
        {
            [TextValue code, ..] => ArrayType.Parse(code.Text),
            [GlobalValue { Rule.IsKnown: true, Name: "record" or "void" }, ..] => ArrayType.Parse("V"),
            [GlobalValue { Rule.IsKnown: true, Module: "numpy" or "builtins" or "__builtin__" } scalar, ..] =>
                ArrayType.Parse(scalar.Name.TrimEnd('_')),
            _ => null,
        };
        if (type is null)
            return Refuse("makes a numpy type of something that is no type code");
        CheckData(global, [.. arguments.Skip(1)], typesPass: false);
        return new InstanceValue(global) { ArrayType = type };
    }

    private PlainValue LoadNested(List<PickleValue> arguments)
    {
        switch (arguments)
        {
            case [BytesValue { IsText: false } bytes]:
                nested(bytes.Source, "torch.storage._load_from_bytes");
                return PlainValue.Made;
            case [BytesValue { IsText: true } text]:
                if (text.Source.Length > LargestText)
                    return Refuse("loads a file within the file that is too large to look into");
                nested(
                    new MemorySource(
                        Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(text.Source.Peek(0, (int)text.Source.Length)))
                    ),
                    "torch.storage._load_from_bytes"
                );
                return PlainValue.Made;
            default:
                return Refuse("loads a file within the file that only exists once it is loaded");
        }
    }

    private PlainValue Rebuild(List<PickleValue> arguments, int depth)
    {
        if (
            depth > DeepestRebuild
            || arguments
                is not [GlobalValue function, GlobalValue type, SequenceValue { Kind: SequenceKind.Tuple } inner, ..]
            || !function.Name.StartsWith("_rebuild", StringComparison.Ordinal)
            || !type.Rule.IsKnown
        )
        {
            return Refuse("rebuilds a tensor by calling something else than torch's own functions");
        }

        CheckData(function, arguments.GetRange(3, arguments.Count - 3), typesPass: false);
        Call(function, inner.Items, depth + 1);
        return PlainValue.Made;
    }

    // Whatever is named in arguments might be called by the callee.
    private void CheckData(GlobalValue callee, List<PickleValue> arguments, bool typesPass)
    {
        var waiting = new Stack<PickleValue>(arguments);
        var seen = new HashSet<PickleValue>(ReferenceEqualityComparer.Instance);
        while (waiting.TryPop(out var value))
        {
            switch (value)
            {
                case GlobalValue global when !IsStorageOrType(global) && !(typesPass && global.Rule.IsKnown):
                    Refuse($"hands {global} to {callee}, which may call it");
                    return;
                case PlainValue when value == PlainValue.Unknown:
                    Refuse($"hands something that cannot be known to {callee}");
                    return;
                case SequenceValue sequence when seen.Add(sequence):
                    sequence.Items.ForEach(waiting.Push);
                    break;
                case MappingValue mapping when seen.Add(mapping):
                    mapping.Pairs.ForEach(pair =>
                    {
                        waiting.Push(pair.Key);
                        waiting.Push(pair.Value);
                    });
                    break;
            }

            if (seen.Count > MostVisited)
                return;
        }
    }

    private static bool IsStorageOrType(GlobalValue global) =>
        global.Rule is { Severity: null, Permits: Permits.Nothing };

    private PlainValue RefuseUse(GlobalValue global, string use)
    {
        if (global.Rule.IsKnown)
            return Refuse($"{use} {global}, which honest files only hold");
        // It has been found when it was named; that it is also called makes it no worse.
        return PlainValue.Unknown;
    }

    private PlainValue Refuse(string what)
    {
        find(Severity.Suspicious, what);
        return PlainValue.Unknown;
    }
}
