using System.Text.Json;
using System.Text.Unicode;

namespace NixAiModels.Validation.Formats;

/// <summary>A safetensors header read as strictly as the strictest reader does.</summary>
/// <remarks>The rules are those of safetensors <c>src/tensor.rs</c> and its <c>attacks/</c> folder: 8 bytes
/// little-endian length, JSON that begins with <c>{</c>, no key twice, ranges that cover the data without hole or
/// overlap, sizes that follow from type and shape.</remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const int LongestHeader = 100_000_000;

    private const int LengthBytes = 8;

    // Headers of 100 MB are read one at a time: all cores at once would take a gigabyte.
    private static readonly Lock OneLargeHeader = new();

    private SafetensorsHeader(Dictionary<string, Range> tensors, long dataBytes, string? unknownKey)
    {
        Tensors = tensors;
        DataBytes = dataBytes;
        UnknownKey = unknownKey;
    }

    /// <summary>The byte range of each tensor, relative to the data.</summary>
    public IReadOnlyDictionary<string, Range> Tensors { get; }

    /// <summary>Bytes behind the header.</summary>
    public long DataBytes { get; }

    /// <summary>A key of a tensor that the format does not know, if there is one; readers ignore it.</summary>
    public string? UnknownKey { get; }

    /// <summary>A tensor's bytes: from <paramref name="Begin"/> up to, not including, <paramref name="End"/>.</summary>
    internal readonly record struct Range(ulong Begin, ulong End);

    /// <summary>Reads and checks the header of a file.</summary>
    /// <exception cref="BrokenFileException">It breaks a rule.</exception>
    public static SafetensorsHeader Read(string path)
    {
        using var file = new FileBytes(path);
        if (file.Length < LengthBytes)
            throw new BrokenFileException(0, $"has {file.Length} bytes, fewer than the 8 of the header's length");
        var length = file.ReadUInt64();
        if (length > LongestHeader)
        {
            throw new BrokenFileException(
                0,
                $"says that its header has {length} bytes, and the format allows {LongestHeader}"
            );
        }

        if (length > (ulong)file.Remaining)
            throw new BrokenFileException(0, $"says that its header has {length} bytes, and {file.Remaining} follow");
        if (length < 1 << 20)
            return Parse(file.ReadBytes(length, LongestHeader), file.Remaining);
        lock (OneLargeHeader)
            return Parse(file.ReadBytes(length, LongestHeader), file.Remaining);
    }

    private static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        if (json.IsEmpty || json[0] != '{')
            throw new BrokenFileException(LengthBytes, "has a header that does not begin with '{'");
        if (!Utf8.IsValid(json))
            throw new BrokenFileException(LengthBytes, "has a header that is no UTF-8");
        var reader = new Utf8JsonReader(json);
        try
        {
            return ReadTensors(ref reader, dataBytes);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that escapes half a surrogate pair.
            throw new BrokenFileException(LengthBytes + reader.TokenStartIndex, "has a header that is no valid JSON");
        }
    }

    private static SafetensorsHeader ReadTensors(ref Utf8JsonReader reader, long dataBytes)
    {
        var tensors = new Dictionary<string, Range>(StringComparer.Ordinal);
        var hasMetadata = false;
        string? unknownKey = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name == "__metadata__")
            {
                if (hasMetadata)
                    throw Wrong(ref reader, "has __metadata__ twice");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (!tensors.TryAdd(name, ReadTensor(ref reader, name, ref unknownKey)))
            {
                throw new BrokenFileException(
                    $"tensor {Printable.Escape(name)}",
                    "names this tensor twice, and readers differ in which they take"
                );
            }
        }

        if (reader.Read())
            throw Wrong(ref reader, "has something behind the header's JSON");
        CheckRanges(tensors, (ulong)dataBytes);
        return new SafetensorsHeader(tensors, dataBytes, unknownKey);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Wrong(ref reader, "has a __metadata__ that is no object");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!keys.Add(reader.GetString()!))
                throw Wrong(ref reader, "has a key of __metadata__ twice");
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Wrong(ref reader, "has a value in __metadata__ that is no string");
            _ = reader.GetString();
        }
    }

    private static Range ReadTensor(ref Utf8JsonReader reader, string name, ref string? unknownKey)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw WrongTensor(name, "is described by something that is no object");
        string? dtype = null;
        ulong? elements = null;
        Range? range = null;
        HashSet<string>? unknown = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var twice = key switch
            {
                "dtype" => dtype is not null,
                "shape" => elements is not null,
                "data_offsets" => range is not null,
                _ => false,
            };
            if (twice || unknown?.Contains(key) == true)
                throw WrongTensor(name, $"has {Printable.Escape(key)} twice");
            reader.Read();
            switch (key)
            {
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    dtype = reader.GetString();
                    break;
                case "shape":
                    elements = ReadShape(ref reader, name);
                    break;
                case "data_offsets":
                    range = ReadOffsets(ref reader, name);
                    break;
                case "dtype":
                    throw WrongTensor(name, "has a dtype that is no string");
                default:
                    unknownKey ??= key;
                    (unknown ??= new(StringComparer.Ordinal)).Add(key);
                    reader.Skip();
                    break;
            }
        }

        if (dtype is null || elements is null || range is null)
            throw WrongTensor(name, "lacks its dtype, shape or data_offsets");
        CheckSize(name, dtype, elements.Value, range.Value);
        return range.Value;
    }

    private static ulong ReadShape(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw WrongTensor(name, "has a shape that is no list");
        UInt128 product = 1;
        var empty = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var dimension = ReadNumber(ref reader, name, "shape");
            empty |= dimension == 0;
            // Checked before a later zero can hide it: the format's own reader multiplies in this order.
            product *= dimension;
            if (product > ulong.MaxValue)
                throw WrongTensor(name, "has a shape whose product does not fit 64 bits");
        }

        return empty ? 0 : (ulong)product;
    }

    private static Range ReadOffsets(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw WrongTensor(name, "has data_offsets that are no list");
        reader.Read();
        var begin = ReadNumber(ref reader, name, "data_offsets");
        reader.Read();
        var end = ReadNumber(ref reader, name, "data_offsets");
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            throw WrongTensor(name, "has data_offsets of more than two numbers");
        if (end < begin)
            throw WrongTensor(name, "ends before it begins");
        return new Range(begin, end);
    }

    private static ulong ReadNumber(ref Utf8JsonReader reader, string name, string key) =>
        reader.TokenType == JsonTokenType.Number
        && !reader.ValueSpan.StartsWith("-"u8)
        && reader.TryGetUInt64(out var number)
            ? number
            : throw WrongTensor(name, $"has something in its {key} that is no whole number of 64 bits");

    private static void CheckSize(string name, string dtype, ulong elements, Range range)
    {
        var bits = SafetensorsDtype.Bits(dtype);
        if (bits == 0)
            throw WrongTensor(name, $"has the unknown dtype {Printable.Escape(dtype)}");
        var size = (UInt128)elements * bits;
        if (size % 8 != 0)
            throw WrongTensor(name, $"does not end at a whole byte: {elements} elements of {bits} bits");
        if (size / 8 != range.End - range.Begin)
        {
            throw WrongTensor(
                name,
                $"has {range.End - range.Begin} bytes, and its dtype {dtype} and shape want {size / 8}"
            );
        }
    }

    private static void CheckRanges(Dictionary<string, Range> tensors, ulong dataBytes)
    {
        ulong covered = 0;
        foreach (var (name, range) in tensors.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (range.Begin > covered)
                throw WrongTensor(name, $"leaves a hole of {range.Begin - covered} bytes before it");
            if (range.Begin < covered)
                throw WrongTensor(name, "overlaps the tensor before it");
            covered = range.End;
            if (covered > dataBytes)
                throw WrongTensor(name, $"ends {covered - dataBytes} bytes past the end of the file");
        }

        if (covered != dataBytes)
            throw new BrokenFileException("data", $"has {dataBytes - covered} bytes behind its last tensor");
    }

    private static BrokenFileException Wrong(ref Utf8JsonReader reader, string what) =>
        new(LengthBytes + reader.TokenStartIndex, what);

    private static BrokenFileException WrongTensor(string name, string what) =>
        new($"tensor {Printable.Escape(name)}", $"has a tensor that {what}");
}
