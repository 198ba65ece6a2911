using System.Net;
using System.Net.Http.Headers;
using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>Asks a server about a file by requesting its first byte: signed locations refuse HEAD.</summary>
internal static class RangeProbe
{
    /// <summary>Asks.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Failure">The file is not accessible.</exception>
    public static async Task<FileDescription> DescribeAsync(IRemoteFile file, CancellationToken cancellation)
    {
        using var response =
            await RequestAsync(file, new RangeHeaderValue(0, 0), cancellation)
            ?? await RequestAsync(file, null, cancellation)
            ?? throw new Failure(ExitCode.Network, $"no byte range and no whole file: {file.DisplayUrl}");
        return WebHeaders.Describe(response);
    }

    /// <summary>The response; <see langword="null"/> where the file has no byte, and so no range.</summary>
    private static async Task<HttpResponseMessage?> RequestAsync(
        IRemoteFile file,
        RangeHeaderValue? range,
        CancellationToken cancellation
    )
    {
        try
        {
            return await file.GetAsync(range, cancellation);
        }
        catch (HubFailure failure) when (failure.Kind == HubFailureKind.RangeNotSatisfiable)
        {
            return null;
        }
        catch (TransferFault fault)
        {
            if (fault.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
                return null;
            var code = fault.Status switch
            {
                HttpStatusCode.NotFound or HttpStatusCode.Gone => ExitCode.NotFound,
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
                _ => fault.Code,
            };
            throw new Failure(
                code,
                $"{file.DisplayUrl}: where it redirects to, {fault.Message}",
                "open the address in a browser; a signed address may have expired",
                fault
            );
        }
    }
}
