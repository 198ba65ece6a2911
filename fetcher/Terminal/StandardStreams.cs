using System.Text;

namespace NixAiModels.Terminal;

/// <summary>Standard output and error as plain text.</summary>
/// <remarks>.NET puts the terminal into its application mode (<c>ESC [?1h ESC =</c>, from terminfo) with the first
/// write, which is in the way on a terminal and stays in the log of a build, whose output is a
/// pseudo-terminal.</remarks>
public static class StandardStreams
{
    /// <summary>Whether standard error is a terminal that can move its cursor, and not a file or a log.</summary>
    public static bool ErrorIsTerminal { get; private set; }

    /// <summary>Replaces the writers of <see cref="Console"/>; nothing may have been written yet.</summary>
    public static void Open()
    {
        ErrorIsTerminal =
            !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        // For a terminal without a type there is no such sequence. Children write to pipes and need no type.
        Environment.SetEnvironmentVariable("TERM", null);
        Console.SetOut(new VisibleWriter(Console.OpenStandardOutput()));
        // The log escapes its lines itself, and moves the cursor.
        Console.SetError(new StreamWriter(Console.OpenStandardError(), Encoding) { AutoFlush = true });
    }

    private static UTF8Encoding Encoding => new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whatever a name or a value from outside has in it, a terminal gets text.</summary>
    private sealed class VisibleWriter : StreamWriter
    {
        public VisibleWriter(Stream stream)
            : base(stream, StandardStreams.Encoding) => AutoFlush = true;

        public override void Write(string? value) => base.Write(Printable.Visible(value ?? ""));

        public override void WriteLine(string? value) => base.WriteLine(Printable.Visible(value ?? ""));
    }
}
