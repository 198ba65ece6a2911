namespace NixAiModels.Tests.Xet;

/// <summary>Content for files.</summary>
internal static class Bytes
{
    /// <summary>Bytes that do not compress, the same ones for the same seed.</summary>
    public static byte[] Random(int count, int seed)
    {
        var bytes = new byte[count];
#pragma warning disable CA5394 // repeatable, not secret
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    /// <summary>Weights in float32, whose upper bytes compress in groups.</summary>
    public static byte[] Weights(int count, int seed)
    {
        var bytes = Random(count, seed);
        for (var i = 3; i < count; i += 4)
            bytes[i] = (byte)(0x3c + (bytes[i] & 1));
        return bytes;
    }
}
