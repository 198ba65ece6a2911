namespace NixAiModels.Hub;

/// <summary>How the Hub is spoken to.</summary>
public sealed record HubOptions
{
    /// <summary>How many connections to one host are open at once.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>A file of CA certificates that are trusted, where neither <c>NIX_SSL_CERT_FILE</c> nor
    /// <c>SSL_CERT_FILE</c> names a readable one.</summary>
    public string? CaBundle { get; init; }

    /// <summary>Where proxies and certificates are looked up.</summary>
    public EnvironmentVariables Environment { get; init; } = EnvironmentVariables.OfProcess;

    /// <summary>How long to try, and to wait between tries.</summary>
    public RetryBudget Budget { get; init; } = new();

    /// <summary>Told, in one line for people, of every wait and of everything odd that does not end the work; called
    /// from any thread.</summary>
    public Action<string>? Notice { get; init; }
}
