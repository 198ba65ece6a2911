using System.Globalization;

namespace NixAiModels.Posix;

/// <summary>The process that holds a lock, as far as the kernel tells.</summary>
/// <param name="Process">Its number; <see langword="null"/> for one that cannot be seen from here.</param>
/// <param name="Program">The program's name.</param>
internal sealed record LockHolder(int? Process, string? Program)
{
    /// <summary>The holder of a <c>flock</c>.</summary>
    /// <remarks>proc(5), <c>/proc/locks</c>: <c>1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0 EOF</c>. The device
    /// is not compared: on btrfs it is another than that of the file's status.</remarks>
    internal static LockHolder Of(ulong inode)
    {
        try
        {
            var holder = File.ReadLines("/proc/locks")
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words =>
                    words is [_, "FLOCK", _, _, _, var place, ..]
                    && place.EndsWith($":{inode}", StringComparison.Ordinal)
                )
                .Select(words => int.Parse(words[4], CultureInfo.InvariantCulture))
                .FirstOrDefault(process => process > 0);
            if (holder > 0)
                return new LockHolder(holder, File.ReadAllText($"/proc/{holder}/comm").Trim());
        }
        catch (Exception exception) when (LocalFailure.Matches(exception) || exception is FormatException)
        {
            // Another system than Linux, or the process has just ended.
        }

        return new LockHolder(null, null);
    }

    public override string ToString() =>
        Process is null ? "another process" : $"process {Process} ({Printable.Escape(Program ?? "")})";
}
