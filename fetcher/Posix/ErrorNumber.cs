namespace NixAiModels.Posix;

/// <summary>Values of <c>errno</c>: errno(3) on Linux, bsd/sys/errno.h of Apple's xnu.</summary>
/// <remarks>.NET hands them on as the HResult of an <see cref="IOException"/>.</remarks>
internal static class ErrorNumber
{
    internal const int NotPermitted = 1, // EPERM
        NoSuchFile = 2, // ENOENT
        Interrupted = 4, // EINTR
        AccessDenied = 13, // EACCES
        AlreadyThere = 17, // EEXIST
        NotAFolder = 20, // ENOTDIR
        Invalid = 22, // EINVAL
        FileTooLarge = 27, // EFBIG
        NoSpace = 28, // ENOSPC
        ReadOnly = 30; // EROFS

    internal static readonly int WouldBlock = Of(linux: 11, darwin: 35), // EWOULDBLOCK
        NameTooLong = Of(linux: 36, darwin: 63), // ENAMETOOLONG
        NotImplemented = Of(linux: 38, darwin: 78), // ENOSYS
        IsLink = Of(linux: 40, darwin: 62), // ELOOP
        NotSupported = Of(linux: 95, darwin: 45), // ENOTSUP
        QuotaExceeded = Of(linux: 122, darwin: 69); // EDQUOT

    private static int Of(int linux, int darwin) => OperatingSystem.IsMacOS() ? darwin : linux;
}
