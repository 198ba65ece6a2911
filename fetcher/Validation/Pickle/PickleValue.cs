using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>What the machine knows of a Python object. Containers have identity, so that a change through the memo is
/// seen everywhere.</summary>
internal abstract class PickleValue
{
    /// <summary>Whether it is a constant, or a tuple of constants: nothing in it can be called, or be changed
    /// later.</summary>
    public bool IsConstant =>
        this switch
        {
            TextValue or IntegerValue or BytesValue => true,
            PlainValue => this != PlainValue.Unknown && this != PlainValue.Opaque,
            SequenceValue { Kind: SequenceKind.Tuple, IsCut: false, Items.Count: <= 16 } tuple =>
                tuple.Items.TrueForAll(item => item is not SequenceValue && item.IsConstant),
            _ => false,
        };
}

/// <summary>A value of which only the kind is tracked.</summary>
internal sealed class PlainValue : PickleValue
{
    public static readonly PlainValue None = new();
    public static readonly PlainValue True = new();
    public static readonly PlainValue False = new();

    /// <summary>A number whose value is not kept.</summary>
    public static readonly PlainValue Number = new();

    /// <summary>An object that an allowed call made: harmless in itself, but its content is not known.</summary>
    public static readonly PlainValue Made = new();

    /// <summary>A tensor, an array or one of its elements: numbers, which nothing can call.</summary>
    public static readonly PlainValue Numbers = new();

    /// <summary>The result of a call or a name that is not allowed.</summary>
    public static readonly PlainValue Unknown = new();

    /// <summary>Data that a huge file made and that was not kept: it passes as data, and as nothing else.</summary>
    public static readonly PlainValue Forgotten = new();

    /// <summary>A container that a huge file made and that was not kept: it may only be held.</summary>
    public static readonly PlainValue Opaque = new();

    /// <summary>A tensor's storage.</summary>
    public static readonly PlainValue Storage = new();
}

/// <summary>A whole number; torch's magic number needs more than 64 bits.</summary>
internal sealed class IntegerValue(Int128 value) : PickleValue
{
    public Int128 Value => value;
}

/// <summary>A string whose text is kept.</summary>
internal sealed class TextValue(string text) : PickleValue
{
    public string Text => text;
}

/// <summary>Bytes, or a string too long to keep, as the place where they are.</summary>
/// <param name="source">Where they are.</param>
/// <param name="isText">Whether they are the UTF-8 of a string.</param>
internal sealed class BytesValue(ByteSource source, bool isText = false) : PickleValue
{
    public ByteSource Source => source;

    public bool IsText => isText;
}

/// <summary>What kind of sequence.</summary>
internal enum SequenceKind
{
    Tuple,
    List,
    Set,
    FrozenSet,
}

/// <summary>A tuple, list or set.</summary>
internal sealed class SequenceValue(SequenceKind kind, List<PickleValue> items) : PickleValue
{
    public SequenceKind Kind => kind;

    public List<PickleValue> Items => items;

    /// <summary>Whether items were dropped because the file has too many.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether one of those was more than a constant.</summary>
    public bool IsOpaque { get; set; }
}

/// <summary>A dictionary's pairs.</summary>
internal sealed class MappingValue : PickleValue
{
    public List<(PickleValue Key, PickleValue Value)> Pairs { get; } = [];

    /// <summary>Whether pairs were dropped because the file has too many.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether one of those was more than constants.</summary>
    public bool IsOpaque { get; set; }

    /// <summary>The last value under a name, or <see langword="null"/>.</summary>
    public PickleValue? Find(string name) =>
        Pairs.FindLast(pair => pair.Key is TextValue text && text.Text == name).Value;
}

/// <summary>Something named by module and name.</summary>
internal sealed class GlobalValue(string module, string name, GlobalRule rule) : PickleValue
{
    public string Module => module;

    public string Name => name;

    public GlobalRule Rule => rule;

    /// <summary>Of a name that is dangerous but for one honest use: whether it was put to that use.</summary>
    public bool HasPermittedUse { get; set; }

    public override string ToString() => Printable.Escape($"{module}.{name}");
}

/// <summary>An object of a class that was named.</summary>
internal sealed class InstanceValue(GlobalValue type) : PickleValue
{
    public GlobalValue Type => type;

    /// <summary>Whether BUILD has set its state, which is the last thing that a pickle does to an object.</summary>
    public bool IsBuilt { get; set; }

    /// <summary>Of a numpy dtype, the element type.</summary>
    public ArrayType? ArrayType { get; set; }
}
