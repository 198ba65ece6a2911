namespace NixAiModels.Posix;

/// <summary>Users and groups, as far as sync needs them.</summary>
internal static class Ownership
{
    private const int GroupIdOffset = 16; // gr_gid in struct group of 64-bit C libraries
    private const int WriteAccess = 2; // W_OK

    /// <summary>Whether this process is root and the folder is not on a read-only mount.</summary>
    internal static bool RootCanWriteTo(string folder) =>
        LibC.EffectiveUser() == 0 && LibC.Access(((RawPath)folder).Terminated, WriteAccess) == 0;

    /// <summary>The number of a group.</summary>
    /// <exception cref="Failure">There is no such group (exit code 7).</exception>
    internal static unsafe uint FindGroup(string name)
    {
        var group = LibC.FindGroup(name);
        return group != null
            ? *(uint*)(group + GroupIdOffset)
            : throw new Failure(
                ExitCode.LocalIO,
                $"no such group: {Printable.Escape(name)}",
                $"groupadd --system {Printable.Escape(name)}"
            );
    }
}
