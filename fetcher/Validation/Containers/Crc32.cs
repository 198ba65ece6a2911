namespace NixAiModels.Validation.Containers;

/// <summary>The CRC-32 of zip (APPNOTE 4.4.7; polynomial 0xEDB88320, reflected).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of a whole source.</summary>
    public static uint Of(ByteSource source)
    {
        var crc = uint.MaxValue;
        var buffer = new byte[64 * 1024];
        int read;
        for (long position = 0; (read = source.Read(position, buffer)) > 0; position += read)
        {
            foreach (var value in buffer.AsSpan(0, read))
                crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint index = 0; index < 256; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[index] = value;
        }

        return table;
    }
}
