namespace NixAiModels.Terminal;

/// <summary>Writes to standard error; standard output carries results only.</summary>
public static class Log
{
    private static readonly Lock Gate = new();
    private static long _lastLine = TimeProvider.System.GetTimestamp();

    /// <summary>Whether only warnings and errors are written.</summary>
    public static bool IsQuiet { get; set; }

    /// <summary>Redraws the live line of a terminal after a line was written; see
    /// <see cref="ProgressDisplay"/>.</summary>
    internal static Action? Redraw { get; set; }

    /// <summary>The columns of the terminal.</summary>
    internal static Func<int> Width { get; set; } = () => 80;

    /// <summary>Whether a terminal shows a live line.</summary>
    internal static bool IsLive => Redraw is not null;

    /// <summary>How long ago the last line was written, or the process started.</summary>
    internal static TimeSpan Silence => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastLine));

    /// <summary>Writes a line above the live line, if there is one.</summary>
    /// <param name="line">The line; what could forge another is escaped, and further lines are indented.</param>
    public static void Line(string line)
    {
        if (!IsQuiet)
            Write("", line, Colour.None);
    }

    /// <summary>Writes a line that starts with <c>warning:</c>.</summary>
    /// <param name="text">The warning: lower case, no full stop.</param>
    public static void Warning(string text) => Write("warning: ", text, Colour.Yellow);

    /// <summary>Writes an error, and after <c>next:</c> what to do.</summary>
    /// <param name="failure">The error.</param>
    public static void Error(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Write("error: ", failure.Message, Colour.Red);
        if (failure.Next is { } next)
            Write("  next: ", next.ReplaceLineEndings("\n        "), Colour.Cyan);
    }

    /// <summary>Replaces the live line of a terminal, cut to its width: a longer line would wrap, and stay.</summary>
    internal static void Live(string text)
    {
        lock (Gate)
            Console.Error.Write($"\r{Cut(text, Width())}\e[K");
    }

    /// <summary>Text that leaves the last column of a terminal free, in which a cursor would wrap.</summary>
    internal static string Cut(string text, int width) =>
        text.Length < width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 2)), "…");

    private static void Write(string label, string text, Colour colour)
    {
        var line = Printable.Lines(Redaction.Of(label + text));
        if (colour != Colour.None && HasColours)
            line = $"\e[{(int)colour}m{line[..label.Length]}\e[m{line[label.Length..]}";
        lock (Gate)
        {
            if (Redraw is not null)
                Console.Error.Write("\r\e[K");
            Console.Error.WriteLine(line);
            Volatile.Write(ref _lastLine, TimeProvider.System.GetTimestamp());
            Redraw?.Invoke();
        }
    }

    // https://no-color.org. A build has a terminal too, and what reads it is a log.
    private static bool HasColours { get; } =
        StandardStreams.ErrorIsTerminal
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NIX_BUILD_TOP"));

    /// <summary>ECMA-48, "Select graphic rendition".</summary>
    private enum Colour
    {
        None = 0,
        Red = 31,
        Yellow = 33,
        Cyan = 36,
    }
}
