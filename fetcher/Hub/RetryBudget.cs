namespace NixAiModels.Hub;

/// <summary>Time-outs of a request, the delays between retries, and how long to retry in total.</summary>
public sealed record RetryBudget
{
    /// <summary>The delay before the first retry; it doubles with each further one, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest delay between retries; a server may ask for a longer one.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection may take, name resolution and TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Like <see cref="ConnectTimeout"/>, before any server has answered.</summary>
    public TimeSpan FirstConnectTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a server may take to send the headers, or a whole page of a listing.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long in total to retry while the server limits the rate of requests.</summary>
    public TimeSpan RateLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long in total to retry on server errors (408, 5xx).</summary>
    public TimeSpan ServerError { get; init; } = TimeSpan.FromMinutes(1.5);

    /// <summary>How long in total to retry while the connection fails.</summary>
    public TimeSpan Connection { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long in total to retry what fails without an answer, before any server has answered.</summary>
    public TimeSpan FirstContact { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long in total to retry while the host name cannot be resolved; in a sandbox without network it
    /// never can.</summary>
    public TimeSpan NameResolution { get; init; } = TimeSpan.FromSeconds(20);
}
