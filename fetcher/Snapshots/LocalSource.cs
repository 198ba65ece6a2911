using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using NixAiModels.Posix;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>A listed file that is read from this machine instead of the hub, until its bytes turn out to be wrong: for
/// a stream, which writes no file that a copy could take the place of.</summary>
/// <param name="file">The open file, which has the listed size; disposed with this.</param>
/// <param name="folder">Where it was found.</param>
/// <param name="hub">The same file on the hub.</param>
internal sealed class LocalSource(SafeFileHandle file, string folder, IRemoteFile hub) : IRemoteFile, IDisposable
{
    private volatile bool _isWrong;

    /// <summary>Where the file was found; <see langword="null"/> once it is not used any more.</summary>
    internal string? Folder => _isWrong ? null : folder;

    public string DisplayUrl => hub.DisplayUrl;

    public Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        var size = RandomAccess.GetLength(file);
        var asked = range?.Ranges.Single();
        var (first, last) = (asked?.From ?? 0, asked?.To ?? size - 1);
        var bytes = new byte[last - first + 1];
        if (_isWrong || !Read(bytes, first))
        {
            _isWrong = true;
            return hub.GetAsync(range, cancellation);
        }

        var content = new ByteArrayContent(bytes);
        if (range is not null)
            content.Headers.ContentRange = new ContentRangeHeaderValue(first, last, size);
        var status = range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent;
        return Task.FromResult(new HttpResponseMessage(status) { Content = content });
    }

    public void Renew()
    {
        _isWrong = true;
        hub.Renew();
    }

    public void Dispose() => file.Dispose();

    private bool Read(byte[] bytes, long offset)
    {
        try
        {
            return FullRead.Of(file, bytes, offset) == bytes.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
