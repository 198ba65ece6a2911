using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace NixAiModels.TestHub;

/// <summary>A request and its response, with its record and the faults that may apply to it.</summary>
internal sealed class Exchange(HttpContext http, RequestRecord record, FaultPlan plan)
{
    public HttpRequest Request => http.Request;
    public HttpResponse Response => http.Response;
    public CancellationToken Aborted => http.RequestAborted;
    public RequestRecord Record => record;

    /// <summary>Faults of the requested repository, besides those of the hub.</summary>
    public Fault[] RepositoryFaults { get; set; } = [];

    /// <summary>The token, if one was sent.</summary>
    public string? Token => BearerToken(Request.Headers.Authorization);

    public static string? BearerToken(string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header[7..].Trim()
            : header;

    /// <summary>The faults that apply to this request now; each call counts.</summary>
    public List<Fault> Faults(FaultStage stage)
    {
        var target = new RequestTarget(record.Method, record.Origin, record.On, record.Repo, record.File);
        var firing = plan.All.Concat(RepositoryFaults).Where(fault => fault.Fires(stage, target)).ToList();
        firing.ForEach(fault => record.Faults.Enqueue(fault.Kind));
        return firing;
    }

    /// <summary>Answers with an error in the Hub's form: code and message in headers, the message again as
    /// JSON.</summary>
    public Task ErrorAsync(int status, string? code, string message)
    {
        if (code is not null)
            Response.Headers["X-Error-Code"] = code;
        Response.Headers["X-Error-Message"] = message;
        return BodyAsync(
            status,
            "application/json; charset=utf-8",
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { error = message })
        );
    }

    public Task TextAsync(int status, string text, string type = "text/plain; charset=utf-8") =>
        BodyAsync(status, type, Encoding.UTF8.GetBytes(text));

    /// <summary>Answers with JSON, gzip-encoded and chunked if the client accepts that, as the Hub does.</summary>
    public Task JsonAsync(byte[] json) =>
        AcceptsGzip
            ? GzipAsync(200, "application/json; charset=utf-8", json)
            : BodyAsync(200, "application/json; charset=utf-8", json);

    public bool AcceptsGzip =>
        Request
            .Headers.AcceptEncoding.ToString()
            .Split(',')
            .Any(coding =>
                coding.Split(';')[0].Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase)
                && !coding.EndsWith("q=0", StringComparison.Ordinal)
            );

    /// <summary>Answers with a gzip-encoded body of undeclared length.</summary>
    public async Task GzipAsync(int status, string type, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        Response.Headers.ContentEncoding = "gzip";
        Response.Headers.Vary = "Accept-Encoding";
        await SendAsync(status, type, packed.ToArray());
    }

    /// <summary>Answers with a body of declared length.</summary>
    public Task BodyAsync(int status, string type, byte[] content)
    {
        Response.ContentLength = content.Length;
        return SendAsync(status, type, content);
    }

    /// <summary>Sends status and headers, and counts what follows.</summary>
    public void Start(int status)
    {
        Response.StatusCode = status;
        record.Status = status;
    }

    /// <summary>Ends the connection: with a reset, or as if the server had closed it.</summary>
    public async Task BreakAsync(bool reset)
    {
        await Response.Body.FlushAsync(Aborted);
        // The bytes should arrive before the end of the connection.
        await Task.Delay(30, CancellationToken.None);
        if (!reset)
        {
            // Kestrel aborts with a reset; a client that has seen the end of the stream by then does not mind.
            try
            {
                http.Features.Get<IConnectionSocketFeature>()!.Socket.Shutdown(SocketShutdown.Send);
                await Task.Delay(100, CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                // The client was quicker.
            }
        }
        http.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
    }

    private async Task SendAsync(int status, string type, byte[] content)
    {
        Start(status);
        Response.ContentType = type;
        if (HttpMethods.IsHead(Request.Method))
            return;
        record.Bytes = content.Length;
        await Response.Body.WriteAsync(content, Aborted);
    }
}
