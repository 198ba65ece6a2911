namespace NixAiModels.Hub;

/// <summary>Reads the whole body of an answer of the API inside the retry pipeline, so that an answer that breaks off,
/// is damaged or is not the API's is retried like a connection that breaks earlier.</summary>
internal sealed class BufferingHandler : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<bool> BufferBody = new("buffer body");

    /// <summary>Enables buffering of the response to a request.</summary>
    public static void Enable(HttpRequestMessage request) => request.Options.Set(BufferBody, true);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        // What an error says stands in its headers.
        if (!request.Options.TryGetValue(BufferBody, out _) || !response.IsSuccessStatusCode)
            return response;
        try
        {
            response.Content = await ApiBody.ReadAsync(response.Content, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
