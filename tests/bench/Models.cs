using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace NixAiModels.Bench;

/// <summary>Large valid model files of random bytes. They have no holes, which would be cheaper to read.</summary>
internal static class Models
{
    public static string Safetensors(string folder, long size, string name = "model.safetensors")
    {
        var header = Encoding.ASCII.GetBytes(
            $$$"""{"weight":{"dtype":"U8","shape":[{{{size}}}],"data_offsets":[0,{{{size}}}]}}"""
        );
        return Write(folder, name, [.. BitConverter.GetBytes((long)header.Length), .. header], size);
    }

    public static string Gguf(string folder, long size)
    {
        using var header = new MemoryStream();
        using var writer = new BinaryWriter(header);
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write(1L);
        writer.Write(1L);
        Text("general.architecture");
        writer.Write(8);
        Text("llama");
        Text("weight");
        writer.Write(1);
        writer.Write(size);
        writer.Write(24);
        writer.Write(0L);
        while (header.Length % 32 != 0)
            writer.Write((byte)0);
        return Write(folder, "model.gguf", header.ToArray(), size);

        void Text(string text)
        {
            writer.Write((long)text.Length);
            writer.Write(Encoding.ASCII.GetBytes(text));
        }
    }

    /// <summary>As torch.save writes it: a stored zip of a small pickle and the tensors' bytes.</summary>
    public static string Torch(string folder, long size)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "pytorch_model.bin");
        var count = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, (int)(size / 4));
        // _rebuild_tensor_v2(persistent id ('storage', FloatStorage, '0', 'cpu', count), 0, (count,), (1,), False,
        // OrderedDict())
        byte[] pickle =
        [
            0x80,
            2,
            .. "ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storage"u8,
            .. "ctorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ"u8,
            .. count,
            .. "tQK\0J"u8,
            .. count,
            0x85,
            .. "K\u0001"u8,
            0x85,
            0x89,
            .. "ccollections\nOrderedDict\n)RtR."u8,
        ];
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        using (var entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            entry.Write(pickle);
        using (var entry = zip.CreateEntry("archive/data/0", CompressionLevel.NoCompression).Open())
            Fill(entry, size);
        using (var entry = zip.CreateEntry("archive/version", CompressionLevel.NoCompression).Open())
            entry.Write("3\n"u8);
        return path;
    }

    public static string Shards(string folder, int count, long size)
    {
        var shards = Directory.CreateDirectory(Path.Combine(folder, "shards")).FullName;
        for (var index = 1; index <= count; index++)
            Safetensors(shards, size - 100, $"model-{index:00000}-of-{count:00000}.safetensors");
        return shards;
    }

    private static string Write(string folder, string name, byte[] header, long size)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        using var file = File.Create(path);
        file.Write(header);
        Fill(file, size);
        return path;
    }

    private static void Fill(Stream stream, long size)
    {
        var block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        for (; size > 0; size -= block.Length)
            stream.Write(block, 0, (int)Math.Min(size, block.Length));
    }
}
