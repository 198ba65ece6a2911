using System.Security.Cryptography;

namespace NixAiModels.Posix;

/// <summary>Replaces files whole: to a reader, and after a crash, there is the old content or the new one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file beside its place, waits until the disk has it, and renames it. A file that is replaced
    /// hands on its permissions.</summary>
    /// <param name="path">The file; a link is replaced, not followed.</param>
    /// <param name="content">All of its bytes.</param>
    /// <exception cref="IOException">The file system refused; the old file is there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        // A name that nobody can have put a link at.
        var beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        try
        {
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                if (FileStatus.FindEntry(path) is { Kind: FileKind.Regular, Mode: var mode })
                    File.SetUnixFileMode(file.SafeFileHandle, mode);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            Rename.Replace(beside, path);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
