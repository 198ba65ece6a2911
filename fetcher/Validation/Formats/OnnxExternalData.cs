namespace NixAiModels.Validation.Formats;

/// <summary>A tensor of an ONNX model whose data lies in another file.</summary>
internal sealed class OnnxExternalData
{
    private UInt128 _elements = 1;

    /// <summary>The byte of the model's file where the tensor's message begins.</summary>
    public long Offset { get; init; }

    /// <summary>The tensor's name, fit to print.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The element type (<c>TensorProto.DataType</c>).</summary>
    public ulong DataType { get; set; }

    /// <summary>The keys and values as written: location, offset, length, checksum; a key may stand there
    /// twice.</summary>
    public List<(string Key, string Value)> Entries { get; } = [];

    /// <summary>Its place in findings.</summary>
    public string Place => Name.Length > 0 ? $"tensor {Name}, byte {Offset}" : $"byte {Offset}";

    /// <summary>Counts one more dimension in.</summary>
    public void AddDimension(ulong dimension) =>
        _elements = _elements > ulong.MaxValue || dimension > long.MaxValue ? UInt128.MaxValue : _elements * dimension;

    /// <summary>Bytes that dimensions and type want; <see langword="null"/> if the type's size is not known.</summary>
    public UInt128? Bytes() =>
        _elements > ulong.MaxValue
            ? UInt128.MaxValue
            : DataType switch
            {
                2 or 3 or 9 or 17 or 18 or 19 or 20 or 24 => _elements,
                4 or 5 or 10 or 16 => _elements * 2,
                1 or 6 or 12 => _elements * 4,
                7 or 11 or 13 or 14 => _elements * 8,
                15 => _elements * 16,
                21 or 22 or 23 => (_elements + 1) / 2,
                25 or 26 => (_elements + 3) / 4,
                _ => null,
            };
}
