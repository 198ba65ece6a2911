namespace NixAiModels.Validation.Pickle;

/// <summary>The element type that a numpy dtype describes.</summary>
/// <param name="ItemSize">Bytes of an element, or <see langword="null"/> if unknown.</param>
/// <param name="HasObjects">Whether elements are, or contain, Python objects.</param>
/// <param name="IsFlexible">Whether BUILD may state the size: numpy ignores it for numbers.</param>
internal sealed record ArrayType(long? ItemSize, bool HasObjects, bool IsFlexible = false)
{
    // numpy's flags of an object dtype, and of a record with objects (numpy/core/include/numpy/ndarraytypes.h): without
    // them numpy would take raw bytes for pointers.
    private const int ObjectFlags = 63;
    private const int RecordFlags = 27;

    /// <summary>Reads a type code such as <c>f8</c>, <c>&lt;U12</c>, <c>|O</c>; <see langword="null"/> if it is
    /// none.</summary>
    public static ArrayType? Parse(string code)
    {
        var text = code.TrimStart('<', '>', '=', '|');
        if (code.Length - text.Length > 1 || text.Length == 0)
            return null;
        if (text[0] is 'M' or 'm' && text.IndexOf('[') is > 0 and var unit)
            text = text[..unit];
        if (text == "object")
            return new ArrayType(8, true);
        if (Named(text) is { } named)
            return new ArrayType(named, false);
        if (!"?bBhHiIuUlLqQpPefdgFDGSaVMmOc".Contains(text[0], StringComparison.Ordinal))
            return null;
        if (text.Length == 1)
            return new ArrayType(Single(text[0]), text[0] == 'O', IsFlexibleCode(text[0]));
        if (
            text.Length > 12
            || !long.TryParse(text.AsSpan(1), System.Globalization.NumberStyles.None, null, out var count)
        )
        {
            return null;
        }

        return new ArrayType(text[0] == 'U' ? 4 * count : count, text[0] == 'O', IsFlexibleCode(text[0]));
    }

    /// <summary>What BUILD makes of the type: (version, order, base, names, fields, size, alignment, flags), or
    /// <see langword="null"/> if numpy would be misled by it.</summary>
    public ArrayType? Build(PickleValue state)
    {
        if (
            state is not SequenceValue { Kind: SequenceKind.Tuple, IsCut: false, Items: { Count: >= 6 and <= 9 } items }
        )
        {
            return null;
        }

        var hasObjects = HasObjects;
        var size = ItemSize;
        var at = items.Count == 6 ? 1 : 2;
        if (items[at] is SequenceValue { Items: [InstanceValue { ArrayType: { } inner }, ..] })
            hasObjects |= inner.HasObjects;
        else if (items[at] != PlainValue.None)
            return null;
        if (items.Count >= 7 && items[4] is MappingValue fields)
        {
            foreach (var (_, field) in fields.Pairs)
            {
                if (field is not SequenceValue { Items: [InstanceValue { ArrayType: { } type }, ..] })
                    return null;
                hasObjects |= type.HasObjects;
            }
        }
        else if (items.Count >= 7 && items[4] != PlainValue.None)
        {
            return null;
        }

        var sizeAt = items.Count == 6 ? 3 : 5;
        if (IsFlexible && items[sizeAt] is IntegerValue stated && stated.Value >= 0 && stated.Value <= int.MaxValue)
            size = (long)stated.Value;
        if (hasObjects)
        {
            var needed = HasObjects ? ObjectFlags : RecordFlags;
            if (items.Count < 8 || items[7] is not IntegerValue flags || ((int)(flags.Value & 0xFF) & needed) != needed)
                return null;
        }

        return new ArrayType(size, hasObjects, IsFlexible);
    }

    private static bool IsFlexibleCode(char code) => code is 'S' or 'a' or 'U' or 'V';

    private static long? Named(string text) =>
        text switch
        {
            "bool" or "int8" or "uint8" => 1,
            "int2" or "uint2" or "int4" or "uint4" => 1,
            _ when text.StartsWith("float8_", StringComparison.Ordinal) => 1,
            "int16" or "uint16" or "float16" or "bfloat16" => 2,
            "int32" or "uint32" or "float32" => 4,
            "int64" or "uint64" or "float64" or "complex64" or "float" or "int" => 8,
            "complex128" => 16,
            _ => null,
        };

    private static long? Single(char code) =>
        code switch
        {
            '?' or 'b' or 'B' or 'c' => 1,
            'h' or 'H' or 'e' => 2,
            'i' or 'I' or 'f' => 4,
            'l' or 'L' or 'q' or 'Q' or 'p' or 'P' or 'd' or 'F' or 'M' or 'm' or 'O' => 8,
            'D' or 'g' => 16,
            'G' => 32,
            'S' or 'a' or 'U' or 'V' => 0,
            _ => null,
        };
}
