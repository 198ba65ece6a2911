using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>The source of a model's snapshot and the hash that it must have: the arguments of its fixed-output
/// derivation.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">A commit, a branch or a tag.</param>
/// <param name="Selection">Which files.</param>
/// <param name="Endpoint">Another hub than the default, or <see langword="null"/>.</param>
/// <param name="Connections">The number of requests at once, or <see langword="null"/> for the default.</param>
/// <param name="BandwidthLimit">Bytes per second such as "10M", or <see langword="null"/>.</param>
/// <param name="Transport">Which way large files are downloaded, or <see langword="null"/> for the default.</param>
/// <param name="CaBundle">A file of certificates, or <see langword="null"/>.</param>
/// <param name="StoreName">The name in the store.</param>
/// <param name="OutputHash">The NAR hash that the snapshot must have, in any form that Nix reads.</param>
public sealed record ModelSource(
    RepositoryId Repository,
    string Revision,
    Selection Selection,
    string? Endpoint,
    int? Connections,
    string? BandwidthLimit,
    string? Transport,
    string? CaBundle,
    string StoreName,
    string OutputHash
)
{
    /// <summary>The command that computes the hash, and how to run it where it is not installed.</summary>
    internal string PrefetchAdvice
    {
        get
        {
            var words = PrefetchWords.Of(Repository, Revision, Selection);
            if (Endpoint is not null)
                words.AddRange(["--endpoint", Endpoint]);
            var arguments = ShellText.Command(words);
            return $"nix-prefetch-hf {arguments}   # prints revision and hash\n"
                + $"or, where it is not installed: nix run {Flake}#nix-prefetch-hf -- {arguments}";
        }
    }

    private const string Flake = "github:nix-ai-models/nix-ai-models";
}
