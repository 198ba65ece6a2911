using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Sources;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary>The builder of a file that is pinned by itself, at addresses of any source.</summary>
internal static class PinnedFetch
{
    public static async Task<int> RunAsync(BuildAttributes attributes, CancellationToken cancellation)
    {
        var file = new PinnedFile(
            attributes.Text("file"),
            Sha256Digest.Parse(NixHash.Parse(attributes.Text("outputHash")).Hex),
            attributes.OptionalSize("size"),
            attributes.List("urls")
        );
        var transfer = TransferOptions.Of(
            attributes.OptionalNumber("connections"),
            attributes.OptionalText("bandwidthLimit")
        );
        var output = attributes.Output("out");
        var journal = Path.Combine(Environment.GetEnvironmentVariable("NIX_BUILD_TOP") ?? ".", "journal");
        try
        {
            // Nix gives builders a pseudo-terminal; what reads it is a log all the same.
            var download = new PinnedDownload(transfer, attributes.OptionalText("caBundle"), live: false);
            // An empty hash of the definition: Nix says which one it must be.
            if (file.Sha256.Hex.All(digit => digit == '0'))
                await download.UnpinnedAsync(file, output, journal, cancellation);
            else
                await download.RunAsync(file, output, journal, cancellation);
            return (int)ExitCode.Done;
        }
        catch (Exception exception)
        {
            File.Delete(output);
            if (exception is Failure { Code: ExitCode.NotAllowed } refused)
                throw WithPrefetch(refused, attributes, file);
            if (exception is ContentMismatch mismatch)
                throw WithHash(mismatch);
            throw;
        }
    }

    private static Failure WithHash(ContentMismatch mismatch) =>
        new(
            mismatch.Code,
            mismatch.Message,
            "check whether the author has replaced the file; if that is as it should be:\n"
                + $"hash = \"{NixHash.Parse(mismatch.Got).Sri}\";",
            mismatch
        );

    /// <summary>The build has no password of the user's; the user's own command has, and puts the file where this
    /// build looks for it.</summary>
    private static Failure WithPrefetch(Failure refused, BuildAttributes attributes, PinnedFile file)
    {
        List<string> words = attributes.OptionalText("lockFile") is { } locked
            ? ["nix-prefetch-hf", "lock", "fetch", attributes.Text("entryName"), .. LockCommandText.Option(locked)]
            : ["nix-prefetch-hf", file.Urls[^1], "--name", file.Path, "--hash", file.Sha256.Hex];
        return new Failure(
            refused.Code,
            refused.Message,
            (refused.Next is { } next ? next + "\n" : "")
                + "a build does not see your netrc file; this does, and after it the same build makes no request:\n"
                + ShellText.Command(words),
            refused
        );
    }
}
