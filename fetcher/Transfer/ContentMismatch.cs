using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>A file whose digest is not the listed one, after a second download.</summary>
/// <param name="content">The file.</param>
/// <param name="got">The digest of its bytes, hexadecimal.</param>
public sealed class ContentMismatch(RemoteContent content, string got)
    : Failure(
        ExitCode.Integrity,
        $"wrong bytes in {content.Path} (expected {content.Digest.Name} {content.Digest.Hex}, got {got}): "
            + content.Source.DisplayUrl,
        "try again later or through another network: the server or a proxy serves other bytes than expected"
    )
{
    /// <summary>The digest of the bytes that arrived, hexadecimal.</summary>
    public string Got => got;

    internal static string Finish(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
