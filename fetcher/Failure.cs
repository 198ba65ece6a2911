namespace NixAiModels;

/// <summary>An error that the user is told of in one sentence, with what to do next and the exit code of its
/// kind.</summary>
/// <remarks>Every foreseen error is one of these; any other exception that reaches <c>Program</c> is a bug.</remarks>
public class Failure : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="code">The exit code that the process ends with.</param>
    /// <param name="what">One sentence: what happened, to which file or URL (without its query, never a token).</param>
    /// <param name="next">What to do next, where possible a line to paste; <see langword="null"/> if there is nothing
    /// to advise.</param>
    /// <param name="cause">The exception behind it, if any.</param>
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
