namespace NixAiModels;

/// <summary>The exit codes (docs/commands.md, "Exit codes").</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>An unexpected error: a bug.</summary>
    Unexpected = 1,

    /// <summary>The command line or a definition is wrong.</summary>
    Usage = 2,

    /// <summary>The repository, revision or file does not exist.</summary>
    NotFound = 3,

    /// <summary>401, 403, gated, licence not accepted.</summary>
    NotAllowed = 4,

    /// <summary>The network or the server failed.</summary>
    Network = 5,

    /// <summary>Bytes or names differ from what was pinned or listed.</summary>
    Integrity = 6,

    /// <summary>An error of the local machine: disk full, permissions, a missing path or program.</summary>
    LocalIO = 7,

    /// <summary>The model failed validation.</summary>
    Validation = 8,

    /// <summary>Ctrl-C or SIGTERM (128 + SIGINT).</summary>
    Interrupted = 130,
}
