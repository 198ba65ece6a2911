namespace NixAiModels.Hub;

/// <summary>Reads the whole body of an answer that is a page of a listing, so that a connection that breaks in the
/// middle of it is retried like one that breaks before.</summary>
internal sealed class BufferedPage : DelegatingHandler
{
    private const long LargestPage = 256 << 20;
    private static readonly HttpRequestOptionsKey<bool> Whole = new("whole");

    /// <summary>Asks for the whole body of a request's answer.</summary>
    public static void Mark(HttpRequestMessage request) => request.Options.Set(Whole, true);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!request.Options.TryGetValue(Whole, out _))
            return response;
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestPage, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
