using NixAiModels.Hub;
using NixAiModels.Sources.Oci;

namespace NixAiModels.Sources;

/// <summary>The sources of files that are pinned one by one.</summary>
public static class KnownSources
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<ISource> All { get; } = [new WebSource(), new OciSource()];

    /// <summary>Opens an address.</summary>
    /// <param name="address">The address, of any source.</param>
    /// <param name="options">Connections, certificates, retries.</param>
    /// <exception cref="Failure">No source has such addresses, or it is invalid (exit code 2).</exception>
    public static ISourceFile Open(string address, HubOptions options) => Open(All, address, options);

    /// <summary>Opens an address of one of some sources; see <see cref="Open(string, HubOptions)"/>.</summary>
    internal static ISourceFile Open(IReadOnlyList<ISource> sources, string address, HubOptions options)
    {
        try
        {
            var url = HubUrl.Exact(address);
            if (sources.FirstOrDefault(source => source.Schemes.Contains(url.Scheme)) is { } source)
                return source.Open(url, options);
        }
        catch (UriFormatException)
        {
            // Said below.
        }

        throw new Failure(
            ExitCode.Usage,
            $"no source for the address {Display(address)}",
            $"use one of: {string.Join(", ", sources.SelectMany(source => source.Schemes))}"
        );
    }

    /// <summary>Whether an address of the web holds what nobody but its user should read.</summary>
    /// <param name="address">The address.</param>
    internal static bool HasCredential(string address)
    {
        try
        {
            var url = HubUrl.Exact(address);
            return url.UserInfo.Length > 0
                || (url.Scheme is "http" or "https" && WebAddress.Parse(address).HasCredential);
        }
        catch (UriFormatException exception)
        {
            throw new FormatException("not an address", exception);
        }
        catch (Failure failure)
        {
            throw new FormatException(failure.Message, failure);
        }
    }

    /// <summary>An address for messages: without its query, which may be secret.</summary>
    /// <param name="address">The address.</param>
    public static string Display(string address)
    {
        try
        {
            return HubUrl.Display(HubUrl.Exact(address));
        }
        catch (UriFormatException)
        {
            return Printable.Escape(Redaction.InAddress(address));
        }
    }
}
