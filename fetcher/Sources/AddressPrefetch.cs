using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary><c>nix-prefetch-hf ADDRESS</c>: downloads one file from the web, prints its pin, and adds it to the store
/// where the build looks for it.</summary>
/// <param name="address">The address.</param>
/// <param name="name">The file's path in the model; <see langword="null"/> for the name that server or address
/// give.</param>
/// <param name="expected">The hash that it must have, if that is known.</param>
/// <param name="transfer">How bytes are moved.</param>
internal sealed class AddressPrefetch(WebAddress address, string? name, NixHash? expected, TransferOptions transfer)
{
    /// <summary>What the server says of the file, for <c>--dry-run</c>.</summary>
    public async Task<(string Path, FileDescription Description)> DescribeAsync(CancellationToken cancellation)
    {
        using var source = Open();
        var description = await source.DescribeAsync(cancellation);
        return (PathOf(description), description);
    }

    /// <summary>Downloads the file, and adds it to a store.</summary>
    /// <param name="nix">The Nix whose store it is; <see langword="null"/> only computes the hash.</param>
    /// <param name="cancellation">Ends the download.</param>
    public async Task<AddressPin> RunAsync(NixCommand? nix, CancellationToken cancellation)
    {
        using var source = Open();
        var description = await source.DescribeAsync(cancellation);
        var path = PathOf(description);
        var isHtml =
            path.EndsWith(".html", StringComparison.Ordinal) || path.EndsWith(".htm", StringComparison.Ordinal);
        if (description.IsPage && !isHtml && expected is null)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"a web page, and no file of a model: {source.DisplayUrl}",
                "copy the address of the file itself (its download button); a login may be needed: see docs/url.md"
            );
        }

        var delivery = new FileDelivery(transfer, nix);
        var digest = expected is null ? description.Sha256 : Sha256Digest.Parse(expected.Hex);
        if (expected is null)
        {
            Log.Line(
                $"trusted on first use: {new Uri(address.Text).Host} lists no hashes; "
                    + "compare the printed one with what the file's author publishes"
            );
            if (TokenScope.IsReadable(new Uri(address.Text)))
                Log.Warning("http: whoever is on the way can have changed the bytes; use https");
        }

        if (digest is null && !description.HasEnd)
        {
            Log.Warning(
                "the server does not say where the file ends: a connection that broke off looks like a whole file"
            );
        }

        if (digest is not null)
        {
            var file = new PinnedFile(path, digest, description.Size, [address.Text]);
            var inStore = await delivery.RunAsync(file, cancellation);
            return new AddressPin(address, path, NixHash.Parse(digest.Hex), description.Size, inStore);
        }

        var (hash, size, storePath) = await delivery.RunAsync(
            source,
            description,
            address.Identity,
            path,
            cancellation
        );
        return new AddressPin(address, path, hash.Value, size, storePath);
    }

    private ISourceFile Open() =>
        KnownSources.Open(
            address.Text,
            new HubOptions { Connections = transfer.Connections ?? transfer.MaxConnections, Warn = Log.Line }
        );

    private string PathOf(FileDescription description) =>
        name
        ?? description.Name
        ?? address.Name
        ?? throw new Failure(
            ExitCode.Usage,
            $"neither the server nor the address tells the file's name: {KnownSources.Display(address.Text)}",
            "--name model.safetensors"
        );
}

/// <summary>A file of the web, pinned.</summary>
/// <param name="Address">Where it was downloaded from.</param>
/// <param name="Path">Its path in the model.</param>
/// <param name="Hash">Its sha256.</param>
/// <param name="Size">Its size in bytes, if the server says it.</param>
/// <param name="StorePath">Where it is in the store, if it was added.</param>
internal sealed record AddressPin(WebAddress Address, string Path, NixHash Hash, long? Size, string? StorePath);
