using System.Net.Http.Headers;

namespace NixAiModels.Hub;

/// <summary>A GET request.</summary>
/// <param name="Url">The URL.</param>
internal sealed record HubRequest(Uri Url)
{
    /// <summary>The requested bytes; the whole content if <see langword="null"/>.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>The media types that are asked for; any if there are none.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Whether the whole body is read before the response is returned.</summary>
    public bool BufferBody { get; init; }

    /// <summary>Whether a redirect to another origin than the endpoint's is followed; otherwise it is
    /// returned.</summary>
    public bool AllowCrossOriginRedirect { get; init; } = true;

    /// <summary>Whether the hub's token goes along where it may.</summary>
    public bool SendsToken { get; init; } = true;

    /// <summary>Another server's token, sent in the place of the hub's; a redirect is then returned, not
    /// followed.</summary>
    public OriginToken? OriginToken { get; init; }
}
