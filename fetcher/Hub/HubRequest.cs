using System.Net.Http.Headers;

namespace NixAiModels.Hub;

/// <summary>A GET.</summary>
/// <param name="Url">What is asked for.</param>
internal sealed record HubRequest(Uri Url)
{
    /// <summary>The bytes that are asked for; all if <see langword="null"/>.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Whether the whole body is read before the answer is handed on.</summary>
    public bool Whole { get; init; }

    /// <summary>Whether a redirect to another origin than the endpoint's is handed back, not followed.</summary>
    public bool SameOriginOnly { get; init; }
}
