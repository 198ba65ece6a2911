using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace NixAiModels.Hub;

/// <summary>When a request is sent again, and after what pause.</summary>
internal static class RetryPipeline
{
    private static readonly HttpRequestOptionsKey<Stopwatch> Begun = new("begun");

    /// <summary>A pipeline in which each kind of trouble has a total time after which the last answer or exception is
    /// final.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Create(RetryBudget patience, Action<string>? notice) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(
                new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = int.MaxValue, // the time ends it, not a count
                    Delay = patience.FirstPause,
                    MaxDelay = patience.LongestPause,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldRetryAfterHeader = false, // ours reads RateLimit too
                    ShouldHandle = arguments => new(IsWorthAnother(patience, arguments)),
                    DelayGenerator = arguments =>
                        new(Asked(arguments.Outcome) is { } pause ? Varied(patience, pause) : null),
                    OnRetry = arguments =>
                    {
                        notice?.Invoke(Describe(arguments));
                        return default;
                    },
                }
            )
            .AddTimeout(patience.Answer)
            .Build();

    private static bool IsWorthAnother(RetryBudget patience, RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        if (
            arguments.Context.CancellationToken.IsCancellationRequested
            || Limit(patience, arguments.Outcome) is not { } limit
        )
        {
            return false;
        }

        var request = arguments.Context.GetRequestMessage()!;
        if (!request.Options.TryGetValue(Begun, out var begun))
            request.Options.Set(Begun, begun = Stopwatch.StartNew());
        return begun.Elapsed + (Asked(arguments.Outcome) ?? TimeSpan.Zero) < limit;
    }

    /// <summary>How long in total an outcome of this kind is borne; <see langword="null"/> for one that is
    /// final.</summary>
    private static TimeSpan? Limit(RetryBudget patience, Outcome<HttpResponseMessage> outcome)
    {
        if (outcome.Exception is { } exception)
        {
            return ConnectionFault.IsFinal(exception) ? null
                : ConnectionFault.KindOf(exception) == HubFailureKind.NameResolution ? patience.NameResolution
                : patience.Connection;
        }

        return outcome.Result!.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => patience.RateLimit,
            HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported => null,
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => Asked(outcome) is null
                ? patience.Server
                : patience.RateLimit,
            _ => null,
        };
    }

    private static TimeSpan? Asked(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryAfter.Of(response) : null;

    // Everybody who was told the same second would come back in it.
    private static TimeSpan Varied(RetryBudget patience, TimeSpan pause) =>
        pause + (patience.FirstPause * (0.5 + Random.Shared.NextDouble()));

    private static string Describe(OnRetryArguments<HttpResponseMessage> arguments)
    {
        var host = arguments.Context.GetRequestMessage()!.RequestUri!.Host;
        var seconds = Math.Ceiling(arguments.RetryDelay.TotalSeconds);
        return arguments.Outcome switch
        {
            { Exception: { } exception } =>
                $"{host}: {ConnectionFault.Describe(exception)}; trying again in {seconds} s",
            { Result.StatusCode: HttpStatusCode.TooManyRequests } => $"{host}: rate limited, waiting {seconds} s",
            var outcome =>
                $"{host}: the server answered {(int)outcome.Result!.StatusCode}; trying again in {seconds} s",
        };
    }
}
