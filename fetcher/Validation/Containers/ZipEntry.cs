namespace NixAiModels.Validation.Containers;

/// <summary>One member of a zip, as the central directory or, where that has none, its local header describes
/// it.</summary>
/// <param name="Name">The name, as written.</param>
/// <param name="Method">The compression method (APPNOTE 4.4.5): 0 stored, 8 deflated.</param>
/// <param name="Crc">The stated CRC-32.</param>
/// <param name="DataOffset">Where its data begins.</param>
/// <param name="CompressedSize">Bytes of its data in the archive.</param>
/// <param name="Size">Bytes once decompressed.</param>
internal sealed record ZipEntry(string Name, int Method, uint Crc, long DataOffset, long CompressedSize, long Size)
{
    /// <summary>The stored method.</summary>
    public const int Stored = 0;

    /// <summary>The deflated method.</summary>
    public const int Deflated = 8;

    /// <summary>Whether the data is there as it is.</summary>
    public bool IsStored => Method == Stored;
}
