namespace NixAiModels.Hub;

/// <summary>A response, redirects followed.</summary>
/// <param name="Message">The response, whatever its status.</param>
/// <param name="Url">The URL that answered.</param>
/// <param name="CrossOriginRedirect">Where a redirect to another origin leads that the request did not allow.</param>
internal sealed record HubResponse(HttpResponseMessage Message, Uri Url, Uri? CrossOriginRedirect) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Message.Dispose();
}
