using System.Runtime.InteropServices;

namespace NixAiModels.Terminal;

/// <summary>How wide a terminal is.</summary>
/// <remarks>.NET asks standard output alone, which is a file where a result is kept.</remarks>
internal static partial class TerminalWidth
{
    private const int Default = 80,
        StandardError = 2;
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ

    /// <summary>The columns of the terminal that standard error is; 80 where it does not tell.</summary>
    public static int OfStandardError =>
        Control(StandardError, GetWindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns : Default;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int file, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        public readonly ushort Rows,
            Columns,
            Width,
            Height;
    }
}
