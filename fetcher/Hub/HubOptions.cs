namespace NixAiModels.Hub;

/// <summary>How a client talks to the Hub.</summary>
public sealed record HubOptions
{
    /// <summary>How many connections to one host are open at once.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>A PEM file of trusted certificates, used where neither <c>NIX_SSL_CERT_FILE</c> nor
    /// <c>SSL_CERT_FILE</c> names a readable file.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The environment, for proxies and certificates.</summary>
    public EnvironmentVariables Variables { get; init; } = EnvironmentVariables.OfProcess;

    /// <summary>Time-outs, and how long to retry.</summary>
    public RetryBudget Budget { get; init; } = new();

    /// <summary>Whether a server has answered yet.</summary>
    public FirstContact FirstContact { get; init; } = FirstContact.OfProcess;

    /// <summary>Whether a repository that is asked for as a model may be of another type: people
    /// leave the type out.</summary>
    public bool FindType { get; init; }

    /// <summary>Whether the endpoint may stand in for another hub, whose URLs in redirects are then the
    /// endpoint's.</summary>
    public bool MayBeMirror { get; init; } = true;

    /// <summary>Told, in one line, of every retry and of everything odd that is not an error; called from any
    /// thread.</summary>
    public Action<string>? Warn { get; init; }
}
