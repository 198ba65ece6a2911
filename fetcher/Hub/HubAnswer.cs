namespace NixAiModels.Hub;

/// <summary>An answer, redirects followed.</summary>
/// <param name="Response">The response, whatever its status.</param>
/// <param name="Url">The URL that answered.</param>
/// <param name="Elsewhere">The other origin's URL to which a request that stays home was sent.</param>
internal sealed record HubAnswer(HttpResponseMessage Response, Uri Url, Uri? Elsewhere) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Response.Dispose();
}
