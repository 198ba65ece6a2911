namespace NixAiModels.Terminal;

/// <summary>What is said on standard error. Standard output carries results and nothing else.</summary>
public static class Log
{
    private static readonly Lock Gate = new();

    /// <summary>Something that stays on the last line of a terminal and is drawn again after a line was written; see
    /// <see cref="ProgressDisplay"/>.</summary>
    internal static Action? Redraw { get; set; }

    /// <summary>Writes a line.</summary>
    /// <param name="line">The line, without its end.</param>
    public static void Line(string line)
    {
        lock (Gate)
        {
            if (Redraw is not null)
                Console.Error.Write("\r\e[K");
            Console.Error.WriteLine(line);
            Redraw?.Invoke();
        }
    }

    /// <summary>Writes a warning.</summary>
    /// <param name="text">One sentence.</param>
    public static void Warning(string text) => Line($"warning: {text}");

    /// <summary>Writes an error and what to do next.</summary>
    /// <param name="failure">What went wrong.</param>
    public static void Error(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Line($"error: {failure.Message}");
        if (failure.Next is { } next)
            Line($"  next: {next.ReplaceLineEndings("\n        ")}");
    }

    /// <summary>Writes without a line's end, for the line that a terminal shows live.</summary>
    internal static void Live(string text)
    {
        lock (Gate)
            Console.Error.Write($"\r{text}\e[K");
    }
}
