namespace NixAiModels.Posix;

/// <summary>How wide a terminal is.</summary>
/// <remarks>.NET asks standard output alone, which is a file where a result is kept.</remarks>
internal static class TerminalWidth
{
    private const int Default = 80,
        StandardError = 2;

    // TIOCGWINSZ: asm-generic/ioctls.h of Linux, bsd/sys/ttycom.h of Apple's xnu
    private static readonly nuint GetWindowSize = OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413;

    /// <summary>The columns of the terminal that standard error is; 80 where it does not tell.</summary>
    internal static int OfStandardError =>
        LibC.Control(StandardError, GetWindowSize, out LibC.WindowSize size) == 0 && size.Columns > 0
            ? size.Columns
            : Default;
}
