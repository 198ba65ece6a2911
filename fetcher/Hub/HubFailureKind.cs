namespace NixAiModels.Hub;

/// <summary>The kinds of errors of the Hub.</summary>
public enum HubFailureKind
{
    /// <summary>No token was sent, and the repository is private, gated or missing.</summary>
    TokenRequired,

    /// <summary>The token is wrong or expired.</summary>
    InvalidToken,

    /// <summary>The token's account has not accepted the repository's licence, or awaits approval.</summary>
    LicenceNotAccepted,

    /// <summary>The token's scopes do not include the repository.</summary>
    InsufficientPermission,

    /// <summary>The Hub has disabled the repository.</summary>
    RepositoryDisabled,

    /// <summary>The repository does not exist, or the token's account cannot see it.</summary>
    RepositoryNotFound,

    /// <summary>The branch, tag or commit does not exist.</summary>
    RevisionNotFound,

    /// <summary>The file does not exist at that revision.</summary>
    FileNotFound,

    /// <summary>The file is shorter than listed.</summary>
    RangeNotSatisfiable,

    /// <summary>Too many requests, for longer than <see cref="RetryBudget.RateLimit"/>.</summary>
    RateLimited,

    /// <summary>The server failed, or sent a status or an amount that the Hub does not send.</summary>
    ServerError,

    /// <summary>The host name cannot be resolved.</summary>
    NameResolution,

    /// <summary>The server's certificate is not trusted, or TLS failed otherwise.</summary>
    Tls,

    /// <summary>The proxy is unreachable or refuses.</summary>
    Proxy,

    /// <summary>Something else than the Hub's API answered, or the answer was damaged.</summary>
    UnreadableAnswer,

    /// <summary>The files that were listed are not all.</summary>
    IncompleteListing,

    /// <summary>The connection was refused, broke, or timed out.</summary>
    Connection,

    /// <summary>A redirect that is not followed.</summary>
    InvalidRedirect,

    /// <summary>A response that is malformed, incomplete or contradictory.</summary>
    InvalidResponse,
}
