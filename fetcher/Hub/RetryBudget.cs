namespace NixAiModels.Hub;

/// <summary>How long to try, and to wait between tries.</summary>
public sealed record RetryBudget
{
    /// <summary>The pause before the first new try; it doubles with each further one, and is varied at
    /// random.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause that we choose ourselves; a server may ask for a longer one.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection may take, name resolution and TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server may take to answer with headers, or with a whole page of a listing.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long in total to wait where the server limits the rate of requests.</summary>
    public TimeSpan RateLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long in total to try where the server answers with an error of its own (408, 5xx).</summary>
    public TimeSpan Server { get; init; } = TimeSpan.FromMinutes(1.5);

    /// <summary>How long in total to try where the connection fails.</summary>
    public TimeSpan Connection { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long in total to try where a host's name cannot be resolved: in a sandbox without network it never
    /// will be.</summary>
    public TimeSpan NameResolution { get; init; } = TimeSpan.FromSeconds(20);
}
