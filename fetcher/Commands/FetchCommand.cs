using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models fetch</c>: the builder of the fixed-output derivations.</summary>
internal static class FetchCommand
{
    public static Command Create()
    {
        var command = new Command(
            "fetch",
            "Builder of a fixed-output derivation: downloads pinned files, checks every byte. Run by Nix."
        );
        command.SetAction(
            (_, cancellation) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                return attributes.Has("urls")
                    ? PinnedFetch.RunAsync(attributes, cancellation)
                    : RunAsync(attributes, cancellation);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(BuildAttributes attributes, CancellationToken cancellation)
    {
        var repository = RepositoryId.Parse(attributes.Text("repo"), attributes.OptionalText("repoType"));
        var revision = attributes.OptionalText("rev") ?? "main";
        var file = attributes.OptionalText("file");
        var selection = SelectionOf(attributes);
        var endpoint = HubEndpoint.Choose(attributes.OptionalText("endpoint"));
        var transfer = TransferOptions.Of(
            attributes.OptionalNumber("connections"),
            attributes.OptionalText("bandwidthLimit"),
            attributes.OptionalText("transport")
        );
        // The derivation's endpoint is not in the scope: whoever may build could take the daemon's token.
        var token = HubToken.Find(
            endpoint,
            TokenScope.Of([]),
            file: null,
            Log.Warning,
            variable: attributes.OptionalText("tokenEnvVar")
        );
        using var session = new HubSession(endpoint, token, transfer, attributes.OptionalText("caBundle"));
        var output = attributes.Output("out");
        try
        {
            var snapshot = await Snapshot.ResolveAsync(session.Client, repository, revision, selection, cancellation);
            Log.Line($"{snapshot.Summary} from {endpoint}");
            // Nix gives builders a pseudo-terminal; what reads it is a log all the same.
            var download = new SnapshotDownload(session, live: false);
            if (attributes.Has("ofCheckout"))
            {
                var hash = await download.HashAsync(snapshot, output, journals: null, begin: null, cancellation);
                RequireHash(snapshot, hash.Value, attributes);
            }
            else if (file is null)
            {
                await download.WriteAsync(snapshot, output, journals: null, cancellation);
            }
            else
            {
                await download.HashFlatAsync(snapshot, output, journals: null, cancellation);
            }

            return (int)ExitCode.Done;
        }
        catch (Exception exception)
        {
            Remove(output);
            if (exception is Failure { Code: ExitCode.NotAllowed } refused)
                throw WithPrefetch(refused, attributes, repository, revision, file);
            throw;
        }
    }

    /// <summary>A pin of nixpkgs' fetchFromHuggingFace is the hash of a git checkout. Nix would say that it is another;
    /// here the reason can be said.</summary>
    private static void RequireHash(Snapshot snapshot, NixHash got, BuildAttributes attributes)
    {
        var wanted = NixHash.Parse(attributes.Text("outputHash"));
        if (got == wanted)
            return;
        throw new Failure(
            ExitCode.Integrity,
            $"hash mismatch: {snapshot.Repository} at {snapshot.Commit} has {got.Sri}, not {wanted.Sri}: "
                + "fetchFromHuggingFace hashes a git checkout; if git marks a file executable "
                + "(git ls-files --stage shows 100755), that is in its hash, and not in the hub's listing",
            $"hash = \"{got.Sri}\";"
        );
    }

    /// <summary>The build has no token of the user's; the user's own command has, and puts the files where this build
    /// looks for them.</summary>
    private static Failure WithPrefetch(
        Failure refused,
        BuildAttributes attributes,
        RepositoryId repository,
        string revision,
        string? file
    )
    {
        List<string> words = attributes.OptionalText("lockFile") is { } locked
            ? ["nix-prefetch-hf", "lock", "fetch", attributes.Text("entryName"), .. LockCommandText.Option(locked)]
            : WordsOf(attributes, repository, revision, file);
        var comment = "";
        if (attributes.OptionalText("endpoint") is { } endpoint)
        {
            words.AddRange(["--endpoint", endpoint]);
            comment = $"   # sends the token to {Printable.Escape(endpoint)}: only if it is meant for that hub";
        }
        else if (EnvironmentVariables.OfProcess["HF_ENDPOINT"] is { } other)
        {
            words.AddRange(["--endpoint", other]);
        }

        return new Failure(
            refused.Code,
            refused.Message,
            (refused.Next is { } next ? next + "\n" : "")
                + "a build does not see your own token; this does, and after it the same build makes no request:\n"
                + "HF_TOKEN=hf_... "
                + ShellText.Command(words)
                + comment,
            refused
        );
    }

    private static List<string> WordsOf(
        BuildAttributes attributes,
        RepositoryId repository,
        string revision,
        string? file
    )
    {
        var selection = SelectionOf(attributes);
        List<string> words = ["nix-prefetch-hf", .. PrefetchWords.Of(repository, revision, selection)];
        if (file is not null)
            words.Add("--flat");
        var name = attributes.Text("name");
        var usual = file is null
            ? DerivationName.OfSnapshot(repository.TypeWord, repository.ToString(), revision, selection.Lists)
            : DerivationName.OfFile(file);
        // The command's pin has a commit, and the names of a quantization's files.
        var isResolved = CommitId.TryParse(revision) is not null && selection is { Quant: null, Mmproj: null };
        if (name != usual || (file is null && !isResolved))
            words.AddRange(["--name", name]);
        return words;
    }

    /// <summary>One file, the regular files of a locked model by their paths, or what patterns select.</summary>
    private static Selection SelectionOf(BuildAttributes attributes) =>
        attributes.OptionalText("file") is { } file ? Selection.OfFile(file)
        : attributes.List("paths") is { Count: > 0 } paths ? Selection.OfFiles(paths)
        : new Selection(attributes.List("files"), attributes.List("include"), attributes.List("exclude"))
        {
            Quant = attributes.OptionalText("quant"),
            Mmproj = attributes.OptionalText("mmproj"),
        };

    private static void Remove(string output)
    {
        if (File.Exists(output))
            File.Delete(output);
        else if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
    }
}
