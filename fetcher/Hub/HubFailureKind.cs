namespace NixAiModels.Hub;

/// <summary>What went wrong with the Hub.</summary>
public enum HubFailureKind
{
    /// <summary>The repository is not shown to one who sends no token: private, gated, or not there.</summary>
    NoToken,

    /// <summary>The token is wrong or expired.</summary>
    TokenRefused,

    /// <summary>The token's account has not accepted the repository's licence, or was not let in yet.</summary>
    LicenceNotAccepted,

    /// <summary>The token may not do this.</summary>
    PermissionMissing,

    /// <summary>The Hub has closed the repository.</summary>
    TakenDown,

    /// <summary>No such repository, as far as the token's account can see.</summary>
    RepositoryNotFound,

    /// <summary>No such branch, tag or commit.</summary>
    RevisionNotFound,

    /// <summary>No such file at that revision.</summary>
    FileNotFound,

    /// <summary>The file ends before what was asked of it: it is not what was listed.</summary>
    SizeChanged,

    /// <summary>Too many requests, for longer than we wait.</summary>
    RateLimited,

    /// <summary>The server failed, or answered with what is no answer of the Hub.</summary>
    Server,

    /// <summary>The host's name cannot be resolved.</summary>
    NameResolution,

    /// <summary>The server's certificate is not trusted, or TLS failed otherwise.</summary>
    Tls,

    /// <summary>The proxy cannot be reached or refuses.</summary>
    Proxy,

    /// <summary>The connection was refused, broke, or took too long.</summary>
    Connection,

    /// <summary>A redirect that is not followed.</summary>
    Redirect,

    /// <summary>A listing that contradicts itself, or is not whole.</summary>
    BadListing,
}
