using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>A file whose bytes are not what the listing promised, asked for twice.</summary>
/// <param name="content">The file.</param>
/// <param name="got">What its bytes hash to, hexadecimal.</param>
public sealed class ContentMismatch(RemoteContent content, string got)
    : Failure(
        ExitCode.Integrity,
        $"{content.Path}: the bytes are not what the hub lists: expected {content.Digest.Name} {content.Digest.Hex}, got {got} ({content.Source.DisplayUrl})",
        "the server or something between it and you serves wrong bytes; try again later or through another network"
    )
{
    internal static string Finish(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
