using System.Text;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>The callables that encode, import, load or call in their turn.</summary>
internal sealed partial class CallPolicy
{
    private const int LargestText = 64 << 20;
    private const int MaxRebuildDepth = 8;

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

        if (FindIterated((GlobalValue)arguments[1], [arguments[2]]) is { } type)
            return Refuse($"reconstructs an object from one of {type}, which calls methods of it");
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
            || LibraryFunctions.IsArithmetic(GlobalRules.Classify(type.Module, $"{type.Name}.{name}", allowed))
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
}
