namespace NixAiModels;

/// <summary>What the process tells its caller (docs/commands.md, "Exit codes").</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>An error nobody foresaw: a bug of ours.</summary>
    Unexpected = 1,

    /// <summary>The command line or a definition is wrong.</summary>
    Usage = 2,

    /// <summary>Repository, revision or file does not exist.</summary>
    NotFound = 3,

    /// <summary>401, 403, gated, licence not accepted.</summary>
    NotAllowed = 4,

    /// <summary>The network or the server failed.</summary>
    Network = 5,

    /// <summary>Bytes or names are not what they must be.</summary>
    Integrity = 6,

    /// <summary>The local machine failed: disk full, permissions, a missing program.</summary>
    LocalIO = 7,

    /// <summary>The model failed validation.</summary>
    Validation = 8,

    /// <summary>Ctrl-C or SIGTERM (128 + SIGINT).</summary>
    Interrupted = 130,
}
