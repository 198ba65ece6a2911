using System.Text;
using System.Text.Unicode;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Formats;

/// <summary>Walks a GGUF file: header, key-values, tensor infos, and whether the data is
/// complete.</summary>
/// <remarks>The format is ggml's <c>docs/gguf.md</c>; limits on names and dimensions are those of ggml's
/// <c>gguf.cpp</c>.</remarks>
internal sealed class GgufReader
{
    private const int MaxDimensions = 4;
    private const int LongestKey = 65_535;
    private const int LongestTensorName = 63;
    private const int LongestKept = 16 * 1024 * 1024;
    private const int MaxTensors = 1_000_000;
    private const int MaxKeys = 1_000_000;
    private const uint DefaultAlignment = 32;
    private const uint HighestPlausibleType = 63;

    private readonly FileBytes _file;
    private uint _alignment = DefaultAlignment;

    private GgufReader(FileBytes file) => _file = file;

    /// <summary>The model's architecture, such as "llama"; empty where the file does not name it.</summary>
    public string Architecture { get; private set; } = "";

    /// <summary>The number of parameters, such as "7B"; empty where the file does not name it.</summary>
    public string SizeLabel { get; private set; } = "";

    /// <summary>The chat templates: key and text.</summary>
    public List<(string Key, string Text)> ChatTemplates { get; } = [];

    /// <summary>Keys and tensor names with characters that the format does not allow, with their place.</summary>
    public List<(long Offset, string Name)> UnusualNames { get; } = [];

    /// <summary>Tensors of an unknown type, and hence of unknown size.</summary>
    public List<(string Name, uint Type)> UnknownTypes { get; } = [];

    /// <summary>Bytes after the last tensor and its padding.</summary>
    public long TrailingBytes { get; private set; }

    /// <summary>How many files the model was split into; 0 if it was not.</summary>
    public ulong SplitCount { get; private set; }

    /// <summary>Which of the split files this is, from 0.</summary>
    public ulong SplitNumber { get; private set; }

    /// <summary>Reads a file from a position on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Where GGUF begins: 0, or after the program in a llamafile.</param>
    /// <exception cref="BrokenFileException">It breaks a rule of the format.</exception>
    public static GgufReader Read(string path, long start = 0)
    {
        using var file = new FileBytes(path) { Position = start };
        var reader = new GgufReader(file);
        reader.ReadAll(start);
        return reader;
    }

    private void ReadAll(long start)
    {
        if (!_file.Peek(start, 4).AsSpan().SequenceEqual(MagicNumbers.Gguf))
            throw new BrokenFileException(start, "magic number GGUF is missing");
        _file.Skip(4);
        var version = _file.ReadUInt32();
        if (version is not (2 or 3))
        {
            throw new BrokenFileException(
                start + 4,
                version is 0x02000000 or 0x03000000
                    ? "big-endian files are not supported"
                    : $"unsupported version {version}; supported are 2 and 3"
            );
        }

        var tensorCount = _file.ReadUInt64();
        var keyCount = _file.ReadUInt64();
        // The smallest key-value has 13 bytes and the smallest tensor info 24; so a count that lies is found before it
        // is believed.
        if (keyCount > MaxKeys || keyCount * 13 > (ulong)_file.Remaining)
            throw new BrokenFileException(start + 16, $"{keyCount} key-values do not fit in the file");
        if (tensorCount > MaxTensors || tensorCount * 24 > (ulong)_file.Remaining)
            throw new BrokenFileException(start + 8, $"{tensorCount} tensors do not fit in the file");
        ReadKeyValues(keyCount);
        var tensors = ReadTensorInfos(tensorCount);
        CheckData(tensors, start);
    }

    private void ReadKeyValues(ulong count)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            var offset = _file.Position;
            var bytes = _file.ReadBytes(_file.ReadUInt64(), LongestKey);
            if (bytes.Length == 0)
                throw new BrokenFileException(offset, "empty key");
            // Latin-1 keeps every byte, so that two keys that are not UTF-8 stay distinct.
            var key = Encoding.Latin1.GetString(bytes);
            if (!keys.Add(key))
            {
                throw new BrokenFileException(
                    offset,
                    $"duplicate key {Printable.Escape(key)}; readers differ in which one they use"
                );
            }

            if (bytes.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
                UnusualNames.Add((offset, $"key '{Printable.Escape(bytes)}': not printable ASCII"));
            ReadValue(key, offset);
        }
    }

    private void ReadValue(string key, long offset)
    {
        var type = _file.ReadUInt32();
        switch (key)
        {
            case "general.alignment" when type != 4:
                throw new BrokenFileException(offset, "general.alignment is not a 32-bit number");
            case "general.alignment":
                _alignment = _file.ReadUInt32();
                if (_alignment == 0 || !uint.IsPow2(_alignment))
                    throw new BrokenFileException(offset, $"alignment {_alignment} is not a power of two");
                break;
            case "general.architecture" when type != GgufValues.StringType:
                throw new BrokenFileException(offset, "general.architecture is not a string");
            case "general.architecture":
                Architecture = ReadText(LongestKey);
                break;
            case "general.size_label" when type == GgufValues.StringType:
                SizeLabel = ReadText(LongestKey);
                break;
            case "split.count" or "split.no" when type == 2:
                Span<byte> number = stackalloc byte[2];
                _file.Read(number);
                if (key == "split.count")
                    SplitCount = BitConverter.ToUInt16(number);
                else
                    SplitNumber = BitConverter.ToUInt16(number);
                break;
            case var _ when IsChatTemplate(key) && type == GgufValues.StringType:
                ChatTemplates.Add((Printable.Escape(key), ReadText(LongestKept)));
                break;
            default:
                GgufValues.Skip(_file, type);
                break;
        }
    }

    private string ReadText(int longest) => Encoding.UTF8.GetString(_file.ReadBytes(_file.ReadUInt64(), longest));

    // tokenizer.chat_template, tokenizer.chat_template.tool_use, tokenizer.chat_templates (a list of their names)
    private static bool IsChatTemplate(string key) => key.Contains("chat_template", StringComparison.OrdinalIgnoreCase);

    private List<(string Name, long Place, ulong Offset, ulong? Size)> ReadTensorInfos(ulong count)
    {
        var tensors = new List<(string, long, ulong, ulong?)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            var place = _file.Position;
            var bytes = _file.ReadBytes(_file.ReadUInt64(), LongestKey);
            var name = Encoding.Latin1.GetString(bytes);
            if (bytes.Length == 0)
                throw new BrokenFileException(place, "tensor without a name");
            if (bytes.Length > LongestTensorName)
            {
                throw new BrokenFileException(
                    place,
                    $"tensor name of {bytes.Length} bytes exceeds the limit of {LongestTensorName}"
                );
            }

            if (!names.Add(name))
                throw new BrokenFileException(place, $"duplicate tensor {Printable.Escape(bytes)}");
            if (!Utf8.IsValid(bytes))
                UnusualNames.Add((place, $"tensor name '{Printable.Escape(bytes)}': not UTF-8"));
            var elements = ReadElements(place, out var row);
            var type = _file.ReadUInt32();
            tensors.Add(
                (Printable.Escape(bytes), place, _file.ReadUInt64(), SizeOf(bytes, place, type, elements, row))
            );
        }

        return tensors;
    }

    private ulong ReadElements(long place, out ulong row)
    {
        var dimensions = _file.ReadUInt32();
        if (dimensions > MaxDimensions)
        {
            throw new BrokenFileException(
                place,
                $"tensor of {dimensions} dimensions exceeds the limit of {MaxDimensions}"
            );
        }

        UInt128 product = 1;
        row = 1;
        for (var i = 0; i < dimensions; i++)
        {
            var dimension = _file.ReadUInt64();
            if (i == 0)
                row = dimension;
            product *= dimension;
            // The format's own reader counts in signed 64 bits.
            if (dimension > long.MaxValue || product > long.MaxValue)
                throw new BrokenFileException(place, "tensor dimensions are negative or too large");
        }

        return (ulong)product;
    }

    private ulong? SizeOf(byte[] name, long place, uint type, ulong elements, ulong row)
    {
        if (type is 4 or 5 or > HighestPlausibleType)
            throw new BrokenFileException(place, $"tensor type {(int)type} does not exist");
        if (GgufTensorType.Block(type) is not { } block)
        {
            UnknownTypes.Add((Printable.Escape(name), type));
            return null;
        }

        if (row % block.Elements != 0)
        {
            throw new BrokenFileException(
                place,
                $"rows of {row} elements are not a multiple of the block size {block.Elements}"
            );
        }

        var size = (UInt128)(elements / block.Elements) * block.Bytes;
        return size <= long.MaxValue ? (ulong)size : throw new BrokenFileException(place, "tensor too large");
    }

    private void CheckData(List<(string Name, long Place, ulong Offset, ulong? Size)> tensors, long start)
    {
        // Alignment counts from where GGUF begins.
        var data = start + (long)Align((ulong)(_file.Position - start));
        if (tensors.Count > 0 && data > _file.Length)
            throw new BrokenFileException(_file.Position, "truncated before the data");
        ulong end = 0;
        foreach (var (name, place, offset, size) in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (offset % _alignment != 0)
            {
                throw new BrokenFileException(
                    place,
                    $"tensor {name} at offset {offset} is not aligned to {_alignment}"
                );
            }

            if ((UInt128)offset + (size ?? 0) > (ulong)(_file.Length - data))
                throw new BrokenFileException(place, $"tensor {name} ends after the end of the file");
            if (offset < end)
                throw new BrokenFileException(place, $"tensor {name} overlaps the previous one");
            end = offset + (size ?? 0);
        }

        if (UnknownTypes.Count == 0)
            TrailingBytes = Math.Max(0, _file.Length - data - (long)Align(end));
    }

    private ulong Align(ulong offset) => (offset + _alignment - 1) & ~((ulong)_alignment - 1);
}
