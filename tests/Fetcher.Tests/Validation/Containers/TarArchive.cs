using System.Formats.Tar;

namespace NixAiModels.Tests.Validation.Containers;

/// <summary>Tar archives for tests.</summary>
internal static class TarArchive
{
    internal static byte[] Of(params (string Name, byte[] Bytes)[] members)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) }
                );
            }
        }

        return stream.ToArray();
    }
}
