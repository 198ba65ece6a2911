namespace NixAiModels.Hub;

/// <summary>A response, redirects followed.</summary>
/// <param name="Message">The response, whatever its status.</param>
/// <param name="Url">The URL that answered.</param>
/// <param name="CrossOriginRedirect">Where a redirect to another origin leads that the request did not allow.</param>
internal sealed record HubResponse(HttpResponseMessage Message, Uri Url, Uri? CrossOriginRedirect) : IDisposable
{
    /// <summary>The URL for messages, with the id of the request where the server gave it one.</summary>
    public string DisplayUrl
    {
        get
        {
            var id = Message.Headers.NonValidated.TryGetValues("X-Request-Id", out var values) ? values.ToString() : "";
            return HubUrl.Display(Url) + (id.Length == 0 ? "" : $" (request {Printable.Escape(id, 100)})");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Message.Dispose();
}
