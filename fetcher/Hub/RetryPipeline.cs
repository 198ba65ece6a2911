using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace NixAiModels.Hub;

/// <summary>When a request is retried, and after what delay.</summary>
internal static class RetryPipeline
{
    private static readonly HttpRequestOptionsKey<Stopwatch> Started = new("started");

    /// <summary>A pipeline in which each kind of error is retried for as long as the budget allows; then the last
    /// response or exception is final.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Create(
        RetryBudget budget,
        FirstContact contact,
        Action<string>? warn
    ) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = int.MaxValue, // limited by time, not by count
                    Delay = budget.FirstDelay,
                    MaxDelay = budget.MaxDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldRetryAfterHeader = false, // ours reads RateLimit too
                    ShouldHandle = arguments => new(ShouldRetry(budget, contact, arguments)),
                    DelayGenerator = arguments =>
                        new(RequestedDelay(arguments.Outcome) is { } delay ? WithJitter(budget, delay) : null),
                    OnRetry = arguments =>
                    {
                        warn?.Invoke(Describe(arguments));
                        return default;
                    },
                }
            )
            .AddTimeout(budget.ResponseTimeout)
            .Build();

    /// <summary>Whether a response with this status has been retried for as long as the budget allows.</summary>
    public static bool HasRetried(HttpStatusCode status) =>
        status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout
                or >= HttpStatusCode.InternalServerError;

    private static bool ShouldRetry(
        RetryBudget budget,
        FirstContact contact,
        RetryPredicateArguments<HttpResponseMessage> arguments
    )
    {
        if (arguments.Outcome.Result is not null)
            contact.Make();
        if (
            arguments.Context.CancellationToken.IsCancellationRequested
            || BudgetFor(budget, arguments.Outcome) is not { } limit
        )
        {
            return false;
        }

        // A slow server has at least taken the connection.
        var isSlow = arguments.Outcome.Exception is TimeoutRejectedException;
        if (!contact.IsMade && !isSlow && contact.Waited >= budget.FirstContact)
            return false;

        var request = arguments.Context.GetRequestMessage()!;
        if (!request.Options.TryGetValue(Started, out var started))
            request.Options.Set(Started, started = Stopwatch.StartNew());
        return started.Elapsed + (RequestedDelay(arguments.Outcome) ?? TimeSpan.Zero) < limit;
    }

    /// <summary>How long in total this kind of outcome is retried; <see langword="null"/> if it is final.</summary>
    private static TimeSpan? BudgetFor(RetryBudget budget, Outcome<HttpResponseMessage> outcome)
    {
        if (outcome.Exception is { } exception)
        {
            return ConnectionError.IsPermanent(exception) ? null
                : ConnectionError.KindOf(exception) == HubFailureKind.NameResolution ? budget.NameResolution
                : budget.Connection;
        }

        return outcome.Result!.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => budget.RateLimit,
            HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported => null,
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => RequestedDelay(outcome) is null
                ? budget.ServerError
                : budget.RateLimit,
            _ => null,
        };
    }

    private static TimeSpan? RequestedDelay(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryAfter.Of(response) : null;

    // Otherwise everybody who was told the same second would come back in it.
    private static TimeSpan WithJitter(RetryBudget budget, TimeSpan delay) =>
        delay + (budget.FirstDelay * (0.5 + Random.Shared.NextDouble()));

    private static string Describe(OnRetryArguments<HttpResponseMessage> arguments)
    {
        var host = arguments.Context.GetRequestMessage()!.RequestUri!.Host;
        var reason = arguments.Outcome switch
        {
            { Exception: { } exception } => ConnectionError.Describe(exception),
            { Result.StatusCode: HttpStatusCode.TooManyRequests } => "rate limited",
            var outcome => $"the server answered {(int)outcome.Result!.StatusCode}",
        };
        return $"{host}: {reason}; retrying in {Math.Ceiling(arguments.RetryDelay.TotalSeconds)} s";
    }
}
