using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>A file that can be had as chunks and plainly.</summary>
/// <param name="plain">The plain way.</param>
/// <param name="xet">The other one.</param>
/// <param name="file">The file.</param>
/// <param name="transport">Gives Xet up for all files.</param>
/// <param name="isAsked">Whether the user asks for Xet. Else it is used where older versions have some of the file,
/// where the plain way is refused, and where it proves to be faster.</param>
internal sealed class TwoWayFile(IRemoteFile plain, XetFile xet, HubFile file, XetTransport transport, bool isAsked)
    : IRemoteFile
{
    // Connections break; a store that breaks so many before the same byte is given up.
    private const int MostBreaks = 3;

    private readonly ConcurrentDictionary<long, int> _breaks = new();

    private volatile bool _isPlainRefused;
    private volatile bool _hasUsedXet;

    /// <inheritdoc/>
    public string DisplayUrl => plain.DisplayUrl;

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        if (await UsesXetAsync(cancellation) && await TryXetAsync(range, cancellation) is { } chunks)
            return chunks;
        try
        {
            return await plain.GetAsync(range, cancellation);
        }
        catch (Exception exception) when (IsRefusal(exception) && !_isPlainRefused && transport.Reason is null)
        {
            _isPlainRefused = true;
            if (await TryXetAsync(range, cancellation) is not { } other)
                throw;
            return other;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Wrong bytes are not looked into: the plain way has fewer parts that could be wrong.</remarks>
    public void Renew()
    {
        if (_hasUsedXet)
            transport.Fail(file.Path, "wrong bytes");
        plain.Renew();
    }

    /// <inheritdoc/>
    public void Measured(HttpResponseMessage response, long bytes, TimeSpan time)
    {
        // What comes from an older version says nothing about the line.
        if (
            !isAsked
            && !_isPlainRefused
            && !xet.HasOlder
            && transport.Ways.Add(response.Content is BodyContent, bytes, time)
        )
        {
            transport.Tell(file.Path);
        }
    }

    private async ValueTask<bool> UsesXetAsync(CancellationToken cancellation)
    {
        if (transport.Reason is not null)
            return false;
        if (isAsked || _isPlainRefused)
            return true;
        try
        {
            return xet.HasOlder ? await xet.LocalBytesAsync(cancellation) > 0 : transport.Ways.TakesXet();
        }
        catch (Exception exception) when (IsFault(exception, cancellation))
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Opens a range through Xet; <see langword="null"/> where that fails.</summary>
    private async Task<HttpResponseMessage?> TryXetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        var ranges = range?.Ranges.Single();
        var (first, last) = (ranges?.From ?? 0, ranges?.To ?? file.Size - 1);
        XetStream? stream = null;
        try
        {
            stream = await xet.OpenAsync(new ByteRange(first, last - first + 1), cancellation);
            await stream.BeginAsync(cancellation);
            stream.Faulted = Translate;
            _hasUsedXet = true;
            return Response(stream, range is null, first, last);
        }
        catch (Exception exception) when (IsFault(exception, cancellation))
        {
            if (stream is not null)
                await stream.DisposeAsync();
            if (!IsWrong(exception) && _breaks.AddOrUpdate(first, 1, (_, breaks) => breaks + 1) < MostBreaks)
                throw;
            Fail(exception);
            return null;
        }
    }

    /// <summary>What a fault in the middle of a range is to the transfer: always one that it retries.</summary>
    private Exception Translate(Exception fault)
    {
        if (IsWrong(fault))
            Fail(fault);
        return fault is Failure ? new TransferFault(fault.Message) : fault;
    }

    private HttpResponseMessage Response(Stream stream, bool isWhole, long first, long last)
    {
        var response = new HttpResponseMessage(isWhole ? HttpStatusCode.OK : HttpStatusCode.PartialContent)
        {
            Content = new BodyContent(stream),
        };
        response.Content.Headers.ContentLength = last - first + 1;
        if (!isWhole)
            response.Content.Headers.ContentRange = new ContentRangeHeaderValue(first, last, file.Size);
        return response;
    }

    private void Fail(Exception exception) =>
        transport.Fail(file.Path, exception is OperationCanceledException ? "no data" : exception.Message);

    /// <summary>Whether the store answers, but not what it should: asking again would not help.</summary>
    private static bool IsWrong(Exception fault) =>
        fault is Failure or UnauthorizedAccessException or TransferFault { Code: ExitCode.Integrity };

    private static bool IsRefusal(Exception exception) => exception is TransferFault { IsRefusal: true };

    private static bool IsFault(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception
            is Failure
                or TransferFault
                or HttpRequestException
                or IOException
                or UnauthorizedAccessException
                or OperationCanceledException;

    /// <summary>A body that is handed out as it is.</summary>
    private sealed class BodyContent(Stream stream) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) =>
            stream.CopyToAsync(target);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
