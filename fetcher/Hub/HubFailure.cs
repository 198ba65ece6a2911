namespace NixAiModels.Hub;

/// <summary>An error of the Hub or of the connection to it.</summary>
/// <param name="kind">The kind of error.</param>
/// <param name="what">One line, with the URL (<see cref="HubUrl.Display"/>).</param>
/// <param name="next">What to do next.</param>
/// <param name="cause">The exception that caused it, if any.</param>
public sealed class HubFailure(HubFailureKind kind, string what, string? next = null, Exception? cause = null)
    : Failure(CodeOf(kind), what, next, cause)
{
    /// <summary>The kind of error.</summary>
    public HubFailureKind Kind => kind;

    /// <summary>Whether a token, another token or an accepted licence would help.</summary>
    public bool IsAboutAccess => Code == ExitCode.NotAllowed && kind != HubFailureKind.RepositoryDisabled;

    /// <summary>Whether there may be no such repository; the hub does not tell whether one is private.</summary>
    public bool IsAboutExistence => kind is HubFailureKind.RepositoryNotFound or HubFailureKind.TokenRequired;

    /// <summary>Whether it is the hub's word on the repository, which asking again does not change.</summary>
    public bool IsFinal => Code is ExitCode.NotAllowed or ExitCode.NotFound || kind == HubFailureKind.RateLimited;

    private static ExitCode CodeOf(HubFailureKind kind) =>
        kind switch
        {
            HubFailureKind.TokenRequired
            or HubFailureKind.InvalidToken
            or HubFailureKind.LicenceNotAccepted
            or HubFailureKind.InsufficientPermission
            or HubFailureKind.RepositoryDisabled => ExitCode.NotAllowed,
            HubFailureKind.RepositoryNotFound or HubFailureKind.RevisionNotFound or HubFailureKind.FileNotFound =>
                ExitCode.NotFound,
            HubFailureKind.RangeNotSatisfiable or HubFailureKind.InvalidResponse => ExitCode.Integrity,
            _ => ExitCode.Network,
        };
}
