using System.Text.Json;
using System.Text.Unicode;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Formats;

/// <summary>A safetensors header read as strictly as the strictest reader does.</summary>
/// <remarks>The rules are those of safetensors <c>src/tensor.rs</c> and its <c>attacks/</c> folder: 8 bytes
/// little-endian length, JSON that begins with <c>{</c>, no key twice, ranges that cover the data without hole or
/// overlap, sizes that follow from type and shape.</remarks>
internal sealed class SafetensorsHeader
{
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

    /// <summary>Bytes after the header.</summary>
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
            throw new BrokenFileException(0, $"file length {file.Length} is below the 8 bytes of the header length");
        var length = file.ReadUInt64();
        if (length > MagicNumbers.LongestSafetensorsHeader)
        {
            throw new BrokenFileException(0, $"header length {length} exceeds the limit of 100 MB");
        }

        if (length > (ulong)file.Remaining)
            throw new BrokenFileException(0, $"header length {length} exceeds the {file.Remaining} bytes that follow");
        if (length < 1 << 20)
            return Parse(file.ReadBytes(length, MagicNumbers.LongestSafetensorsHeader), file.Remaining);
        lock (OneLargeHeader)
            return Parse(file.ReadBytes(length, MagicNumbers.LongestSafetensorsHeader), file.Remaining);
    }

    private static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        if (json.IsEmpty || json[0] != '{')
            throw new BrokenFileException(LengthBytes, "header does not begin with '{'");
        if (!Utf8.IsValid(json))
            throw new BrokenFileException(LengthBytes, "header is not UTF-8");
        var reader = new Utf8JsonReader(json);
        try
        {
            return ReadTensors(ref reader, dataBytes);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that escapes half a surrogate pair.
            throw new BrokenFileException(LengthBytes + reader.TokenStartIndex, "header is not valid JSON");
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
                    throw Wrong(ref reader, "duplicate __metadata__");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (!tensors.TryAdd(name, ReadTensor(ref reader, name, ref unknownKey)))
            {
                throw new BrokenFileException(
                    $"tensor {Printable.Escape(name)}",
                    "duplicate tensor; readers differ in which one they use"
                );
            }
        }

        if (reader.Read())
            throw Wrong(ref reader, "trailing data after the JSON of the header");
        CheckRanges(tensors, (ulong)dataBytes);
        return new SafetensorsHeader(tensors, dataBytes, unknownKey);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Wrong(ref reader, "__metadata__ is not an object");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!keys.Add(reader.GetString()!))
                throw Wrong(ref reader, "duplicate key in __metadata__");
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Wrong(ref reader, "value in __metadata__ is not a string");
            _ = reader.GetString();
        }
    }

    private static Range ReadTensor(ref Utf8JsonReader reader, string name, ref string? unknownKey)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw WrongTensor(name, "description is not an object");
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
                throw WrongTensor(name, $"duplicate key {Printable.Escape(key)}");
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
                    throw WrongTensor(name, "dtype is not a string");
                default:
                    unknownKey ??= key;
                    (unknown ??= new(StringComparer.Ordinal)).Add(key);
                    reader.Skip();
                    break;
            }
        }

        if (dtype is null || elements is null || range is null)
            throw WrongTensor(name, "missing dtype, shape or data_offsets");
        CheckSize(name, dtype, elements.Value, range.Value);
        return range.Value;
    }

    private static ulong ReadShape(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw WrongTensor(name, "shape is not a list");
        UInt128 product = 1;
        var empty = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var dimension = ReadNumber(ref reader, name, "shape");
            empty |= dimension == 0;
            // Checked before a later zero can hide it: the format's own reader multiplies in this order.
            product *= dimension;
            if (product > ulong.MaxValue)
                throw WrongTensor(name, "shape overflows 64 bits");
        }

        return empty ? 0 : (ulong)product;
    }

    private static Range ReadOffsets(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw WrongTensor(name, "data_offsets is not a list");
        reader.Read();
        var begin = ReadNumber(ref reader, name, "data_offsets");
        reader.Read();
        var end = ReadNumber(ref reader, name, "data_offsets");
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            throw WrongTensor(name, "data_offsets has more than two numbers");
        if (end < begin)
            throw WrongTensor(name, "data_offsets end before they begin");
        return new Range(begin, end);
    }

    private static ulong ReadNumber(ref Utf8JsonReader reader, string name, string key) =>
        reader.TokenType == JsonTokenType.Number
        && !reader.ValueSpan.StartsWith("-"u8)
        && reader.TryGetUInt64(out var number)
            ? number
            : throw WrongTensor(name, $"{key} holds a value that is not an unsigned 64-bit integer");

    private static void CheckSize(string name, string dtype, ulong elements, Range range)
    {
        var bits = SafetensorsDtype.Bits(dtype);
        if (bits == 0)
            throw WrongTensor(name, $"unknown dtype {Printable.Escape(dtype)}");
        var size = (UInt128)elements * bits;
        if (size % 8 != 0)
            throw WrongTensor(name, $"{elements} elements of {bits} bits do not fill whole bytes");
        if (size / 8 != range.End - range.Begin)
        {
            throw WrongTensor(
                name,
                $"{range.End - range.Begin} bytes of data; dtype {dtype} and shape require {size / 8}"
            );
        }
    }

    private static void CheckRanges(Dictionary<string, Range> tensors, ulong dataBytes)
    {
        ulong covered = 0;
        foreach (var (name, range) in tensors.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (range.Begin > covered)
                throw WrongTensor(name, $"gap of {range.Begin - covered} bytes before the tensor");
            if (range.Begin < covered)
                throw WrongTensor(name, "overlaps the previous tensor");
            covered = range.End;
            if (covered > dataBytes)
                throw WrongTensor(name, $"data ends {covered - dataBytes} bytes after the end of the file");
        }

        if (covered != dataBytes)
            throw new BrokenFileException("data", $"{dataBytes - covered} bytes after the last tensor");
    }

    private static BrokenFileException Wrong(ref Utf8JsonReader reader, string what) =>
        new(LengthBytes + reader.TokenStartIndex, what);

    private static BrokenFileException WrongTensor(string name, string what) =>
        new($"tensor {Printable.Escape(name)}", what);
}
