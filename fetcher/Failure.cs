namespace NixAiModels;

/// <summary>An error for the user: one line, what to do next, and an exit code.</summary>
/// <remarks>Every expected error is one of these; any other exception that reaches <c>Program</c> is a bug.</remarks>
public class Failure : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="code">The exit code that the process ends with.</param>
    /// <param name="what">What happened, to which file or URL (without query, never a token): lower case, no full
    /// stop.</param>
    /// <param name="next">What to do next, if possible a line to paste; <see langword="null"/> for no advice.</param>
    /// <param name="cause">The exception that caused it, if any.</param>
    public Failure(ExitCode code, string what, string? next = null, Exception? cause = null)
        : base(what, cause)
    {
        Code = code;
        Next = next;
    }

    /// <summary>The exit code that the process ends with.</summary>
    public ExitCode Code { get; }

    /// <summary>What to do next, or <see langword="null"/>.</summary>
    public string? Next { get; }
}
