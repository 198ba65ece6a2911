namespace NixAiModels.Hub;

/// <summary>Reads the whole body of a page of a listing inside the retry pipeline, so that a connection that breaks
/// halfway through it is retried like one that breaks earlier.</summary>
internal sealed class BufferingHandler : DelegatingHandler
{
    private const long MaxPageSize = 256 << 20;
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
        if (!request.Options.TryGetValue(BufferBody, out _))
            return response;
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxPageSize, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
