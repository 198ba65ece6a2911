using System.IO.Compression;
using System.Text;

namespace NixAiModels.Tests.Validation;

/// <summary>Writes small files of the formats, honest or not.</summary>
internal static class FormatBytes
{
    public const string TwoTensors =
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"""
        + """ "b":{"dtype":"F16","shape":[4],"data_offsets":[16,24]}}""";

    public static byte[] Safetensors(string header = TwoTensors, int dataBytes = 24) =>
        Safetensors(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Safetensors(byte[] header, int dataBytes) =>
        [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[dataBytes]];

    /// <summary>A GGUF file: key-values and tensor infos as they are, then the data, aligned to 32 bytes.</summary>
    public static byte[] Gguf(
        ReadOnlySpan<byte[]> keyValues,
        ReadOnlySpan<byte[]> tensors,
        int dataBytes,
        uint version = 3,
        ulong? keyCount = null,
        ulong? tensorCount = null
    )
    {
        var file = new List<byte>([
            .. "GGUF"u8,
            .. BitConverter.GetBytes(version),
            .. BitConverter.GetBytes(tensorCount ?? (ulong)tensors.Length),
            .. BitConverter.GetBytes(keyCount ?? (ulong)keyValues.Length),
        ]);
        foreach (var keyValue in keyValues)
            file.AddRange(keyValue);
        foreach (var tensor in tensors)
            file.AddRange(tensor);
        file.AddRange(new byte[(32 - (file.Count % 32)) % 32]);
        file.AddRange(new byte[dataBytes]);
        return [.. file];
    }

    public static byte[] GgufText(string text) =>
        [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] GgufKey(string key, uint type, byte[] value) =>
        [.. GgufText(key), .. BitConverter.GetBytes(type), .. value];

    public static byte[] GgufTensor(string name, ReadOnlySpan<ulong> shape, uint type = 0, ulong offset = 0)
    {
        var info = new List<byte>([.. GgufText(name), .. BitConverter.GetBytes((uint)shape.Length)]);
        foreach (var dimension in shape)
            info.AddRange(BitConverter.GetBytes(dimension));
        return [.. info, .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(offset)];
    }

    /// <summary>A field of a protocol buffer that holds bytes.</summary>
    public static byte[] Field(int number, byte[] value) =>
        [.. Varint((ulong)number << 3 | 2), .. Varint((ulong)value.Length), .. value];

    public static byte[] Field(int number, string value) => Field(number, Encoding.UTF8.GetBytes(value));

    /// <summary>A field of a protocol buffer that holds a number.</summary>
    public static byte[] Field(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>An ONNX tensor of sixteen floats with its data elsewhere.</summary>
    public static byte[] ExternalTensor(params (string Key, string Value)[] entries) =>
        [
            .. Field(1, 4),
            .. Field(1, 4),
            .. Field(2, 1),
            .. Field(8, "w"),
            .. entries.SelectMany(entry => Field(13, [.. Field(1, entry.Key), .. Field(2, entry.Value)])),
            .. Field(14, 1),
        ];

    public static byte[] Onnx(byte[] graph, params byte[] more) =>
        [.. Field(1, 8), .. Field(7, graph), .. Field(8, Field(2, 17)), .. more];

    public static byte[] Keras(string config, params (string Name, string Content)[] more)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (
                var (name, content) in (ReadOnlySpan<(string, string)>)
                    [("metadata.json", """{"keras_version":"3.9.0"}"""), ("config.json", config), .. more]
            )
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return file.ToArray();
    }
}
