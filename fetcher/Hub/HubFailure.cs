namespace NixAiModels.Hub;

/// <summary>An error of the Hub or of the way to it.</summary>
/// <param name="kind">What went wrong.</param>
/// <param name="what">One sentence, with the URL (<see cref="HubUrl.Display"/>).</param>
/// <param name="next">What to do next.</param>
/// <param name="cause">The exception behind it, if any.</param>
public sealed class HubFailure(HubFailureKind kind, string what, string? next = null, Exception? cause = null)
    : Failure(CodeOf(kind), what, next, cause)
{
    /// <summary>What went wrong.</summary>
    public HubFailureKind Kind => kind;

    /// <summary>Whether a token, or another one, or an accepted licence would help.</summary>
    public bool IsAboutAccess => Code == ExitCode.NotAllowed && kind != HubFailureKind.TakenDown;

    private static ExitCode CodeOf(HubFailureKind kind) =>
        kind switch
        {
            HubFailureKind.NoToken
            or HubFailureKind.TokenRefused
            or HubFailureKind.LicenceNotAccepted
            or HubFailureKind.PermissionMissing
            or HubFailureKind.TakenDown => ExitCode.NotAllowed,
            HubFailureKind.RepositoryNotFound or HubFailureKind.RevisionNotFound or HubFailureKind.FileNotFound =>
                ExitCode.NotFound,
            HubFailureKind.SizeChanged or HubFailureKind.BadListing => ExitCode.Integrity,
            _ => ExitCode.Network,
        };
}
