using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using static NixAiModels.Commands.PrefetchOptions;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf</c>: downloads a model, prints its pin, and adds it to the store where the build looks
/// for it.</summary>
internal static class PrefetchCommand
{
    private const string Examples = """


        Examples:
          nix-prefetch-hf prajjwal1/bert-tiny                      the whole repository, pinned to today's commit
          nix-prefetch-hf org/name --include '*.safetensors' --include '*.json'
          nix-prefetch-hf org/name-GGUF --file model.Q4_K_M.gguf   exactly this file
          nix-prefetch-hf https://huggingface.co/org/name/tree/v1.0
          nix-prefetch-hf datasets/org/name --rev refs/pr/1 --format json
          HF_TOKEN=hf_… nix-prefetch-hf meta-llama/Llama-2-7b-hf   a gated model, with your own token
          nix-prefetch-hf org/name --lock models.lock.json         pinned file by file; no weight is downloaded
          nix-prefetch-hf --update models.lock.json                its entries moved to the heads of their branches
          nix-prefetch-hf --fetch models.lock.json llama           a locked model in the store, before its build

        Exit codes: 0 done, 2 usage, 3 not found, 4 not allowed, 5 network, 6 wrong bytes, 7 local disk,
          130 interrupted.
        """;

    /// <summary>Configures the root command, or <c>nix-ai-models prefetch</c>.</summary>
    public static T Configure<T>(T command)
        where T : Command
    {
        command.Description =
            "Download a model of the Hugging Face Hub, print its pin for Nix, and add it to the store." + Examples;
        AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var words = parsed.GetValue(Repo) ?? [];
        string[] freeze = parsed.GetValue(Freeze) ?? [],
            unfreeze = parsed.GetValue(Unfreeze) ?? [];
        if (freeze.Length + unfreeze.Length > 0)
        {
            await FreezeAsync(parsed, freeze, unfreeze, cancellation);
            if (parsed.GetValue(UpdatePath) is null && words.Length == 0)
                return (int)ExitCode.Done;
        }

        SnapshotDelivery OpenOf(string? given) => Open(parsed, given ?? parsed.GetValue(Endpoint));
        if (parsed.GetValue(UpdatePath) is { } updated)
        {
            var update = new LockUpdate(updated, OpenOf, parsed.GetValue(DryRun), Console.Out);
            return (int)await update.RunAsync(words, cancellation);
        }

        if (parsed.GetValue(FetchPath) is { } locked)
        {
            var (storePaths, code) = await LockFetch.RunAsync(
                locked,
                words,
                parsed.GetValue(AddRoot),
                OpenOf,
                cancellation
            );
            foreach (var storePath in storePaths)
                Console.Out.WriteLine(storePath);
            return (int)code;
        }

        if (words.Length != 1)
        {
            throw new Failure(
                ExitCode.Usage,
                words.Length == 0 ? "no repository given" : $"{words.Length} repositories given: pin one at a time",
                "nix-prefetch-hf ORG/NAME   # nix-prefetch-hf --help shows more"
            );
        }

        await RunAsync(parsed, words[0], cancellation);
        return (int)ExitCode.Done;
    }

    private static async Task FreezeAsync(
        ParseResult parsed,
        string[] freeze,
        string[] unfreeze,
        CancellationToken cancellation
    )
    {
        var file =
            parsed.GetValue(UpdatePath)
            ?? parsed.GetValue(LockPath)
            ?? throw new Failure(
                ExitCode.Usage,
                "--freeze and --unfreeze need the lock file: --lock FILE or --update FILE",
                ShellText.Command([
                    "nix-prefetch-hf",
                    "--lock",
                    "models.lock.json",
                    .. freeze.SelectMany(name => (string[])["--freeze", name]),
                    .. unfreeze.SelectMany(name => (string[])["--unfreeze", name]),
                ])
            );
        await LockEdit.FreezeAsync(file, freeze, unfreeze, cancellation);
    }

    private static async Task RunAsync(ParseResult parsed, string word, CancellationToken cancellation)
    {
        var reference = RepositoryReference.Parse(word, parsed.GetValue(RepoType), parsed.GetValue(Endpoint));
        var revision = parsed.GetValue(Rev) ?? reference.Revision ?? "main";
        var files = parsed.GetValue(Files) ?? [];
        if (reference.FilePath is { } file && files.Length == 0)
            files = [file];
        var selection = new Selection(files, parsed.GetValue(Include) ?? [], parsed.GetValue(Exclude) ?? [])
        {
            IsStrict = parsed.GetValue(Strict),
            Quant = reference.Quant,
            Mmproj = parsed.GetValue(Mmproj),
            RequiresChoice = !parsed.GetValue(DryRun),
        };
        if (
            parsed.GetValue(Flat)
            && (
                files.Length != 1
                || reference.Quant is not null
                || selection.Include.Count + selection.Exclude.Count > 0
            )
        )
        {
            throw new Failure(
                ExitCode.Usage,
                "--flat needs exactly one --file",
                "nix-prefetch-hf ORG/NAME --file model.gguf --flat"
            );
        }

        var given = parsed.GetValue(Endpoint) ?? reference.Endpoint;
        if (parsed.GetValue(DryRun))
            await ListAsync(parsed, reference.Repository, revision, selection, given, cancellation);
        else if (parsed.GetValue(LockPath) is { } path)
            await LockAsync(parsed, path, reference.Repository, revision, selection, given, cancellation);
        else if (!parsed.GetValue(NoStore) && !new NixCommand().IsInstalled)
            throw NoNix(word);
        else
            await PinAsync(parsed, reference.Repository, revision, selection, given, cancellation);
    }

    private static async Task ListAsync(
        ParseResult parsed,
        RepositoryId repository,
        string revision,
        Selection selection,
        string? given,
        CancellationToken cancellation
    )
    {
        using var delivery = Open(parsed, given);
        var listing = await Listing.ResolveAsync(delivery.Hub, repository, revision, selection, cancellation);
        if (parsed.GetValue(Format) == "json")
            ResultJson.Print(listing);
        else
            PrefetchOutput.PrintTable(listing);
    }

    private static async Task LockAsync(
        ParseResult parsed,
        string path,
        RepositoryId repository,
        string revision,
        Selection selection,
        string? given,
        CancellationToken cancellation
    )
    {
        if (parsed.GetValue(Flat) || parsed.GetValue(Format) == "sri")
        {
            throw new Failure(
                ExitCode.Usage,
                "--lock pins every file by itself: it cannot be combined with --flat or --format sri",
                "leave out --flat and --format sri"
            );
        }

        var (name, entry) = await LockPin.RunAsync(
            path,
            parsed.GetValue(Name),
            new PinRequest(repository, revision, selection, given),
            endpoint => Open(parsed, endpoint),
            cancellation
        );
        Console.Out.WriteLine(
            parsed.GetValue(Format) == "json" ? LockWriter.Write(entry) : PrefetchOutput.NixCall(name, path)
        );
    }

    private static async Task PinAsync(
        ParseResult parsed,
        RepositoryId repository,
        string revision,
        Selection selection,
        string? given,
        CancellationToken cancellation
    )
    {
        using var delivery = Open(parsed, given);
        var snapshot = await Snapshot.ResolveAsync(delivery.Hub, repository, revision, selection, cancellation);
        selection = selection.Resolved(snapshot.Files);
        var flat = parsed.GetValue(Flat);
        var name =
            parsed.GetValue(Name)
            ?? (
                flat
                    ? DerivationName.OfFile(snapshot.Files[0].Path)
                    : DerivationName.OfSnapshot(
                        snapshot.Repository.TypeWord,
                        snapshot.Repository.ToString(),
                        snapshot.Commit.ToString(),
                        selection.Lists
                    )
            );
        var (hash, storePath) = await delivery.RunAsync(snapshot, new FixedOutput(name, flat), cancellation);
        if (storePath is not null)
            Log.Line($"in the store: {storePath}");
        var pin = new Pin(snapshot, selection, hash, parsed.GetValue(Name), given, flat, storePath);
        if (parsed.GetRequiredValue(Format) == "json")
            ResultJson.Print(pin);
        else
            Console.Out.WriteLine(parsed.GetRequiredValue(Format) == "sri" ? hash.Sri : PrefetchOutput.NixCall(pin));
    }

    private static SnapshotDelivery Open(ParseResult parsed, string? given)
    {
        var endpoint = HubEndpoint.Choose(given);
        var scope = TokenScope.Of([parsed.GetValue(Endpoint)]);
        var token = HubToken.Find(endpoint, scope, parsed.GetValue(TokenFile), Log.Warning);
        var transfer = TransferOptions.Of(parsed.GetValue(Connections), parsed.GetValue(LimitRate));
        var nix = new NixCommand();
        return new SnapshotDelivery(new HubSession(endpoint, token, transfer), nix)
        {
            ToStore = !parsed.GetValue(NoStore) && nix.IsInstalled,
            Stream = parsed.GetValue(StreamOnly),
            Root = parsed.GetValue(AddRoot),
            Local = LocalFiles.OfUser(parsed.GetValue(From) ?? []),
        };
    }

    private static Failure NoNix(string word) =>
        new(
            ExitCode.LocalIO,
            "nix-store is not on PATH",
            ShellText.Command(["nix-prefetch-hf", word, "--no-store"]) + "   # prints the hash without Nix"
        );
}
