namespace NixAiModels.Terminal;

/// <summary>Writes to standard error; standard output carries results only.</summary>
public static class Log
{
    private static readonly Lock Gate = new();
    private static long _lastLine = TimeProvider.System.GetTimestamp();

    /// <summary>Redraws the live line of a terminal after a line was written; see
    /// <see cref="ProgressDisplay"/>.</summary>
    internal static Action? Redraw { get; set; }

    /// <summary>Whether a terminal shows a live line.</summary>
    internal static bool IsLive => Redraw is not null;

    /// <summary>How long ago the last line was written, or the process started.</summary>
    internal static TimeSpan Silence => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastLine));

    /// <summary>Writes a line above the live line, if there is one.</summary>
    /// <param name="line">The line; what could forge another is escaped, and further lines are indented.</param>
    public static void Line(string line)
    {
        lock (Gate)
        {
            if (Redraw is not null)
                Console.Error.Write("\r\e[K");
            Console.Error.WriteLine(Printable.Lines(Redaction.Of(line)));
            Volatile.Write(ref _lastLine, TimeProvider.System.GetTimestamp());
            Redraw?.Invoke();
        }
    }

    /// <summary>Writes a line that starts with <c>warning:</c>.</summary>
    /// <param name="text">The warning: lower case, no full stop.</param>
    public static void Warning(string text) => Line($"warning: {text}");

    /// <summary>Writes an error, and after <c>next:</c> what to do.</summary>
    /// <param name="failure">The error.</param>
    public static void Error(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Line($"error: {failure.Message}");
        if (failure.Next is { } next)
            Line($"  next: {next.ReplaceLineEndings("\n        ")}");
    }

    /// <summary>Replaces the live line of a terminal.</summary>
    internal static void Live(string text)
    {
        lock (Gate)
            Console.Error.Write($"\r{text}\e[K");
    }
}
