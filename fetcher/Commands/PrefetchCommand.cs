using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf</c>: downloads a model, prints its pin, and puts it where the build will look for
/// it.</summary>
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

        Exit codes: 0 done, 2 usage, 3 not found, 4 not allowed, 5 network, 6 wrong bytes, 7 local disk, 130 interrupted.
        """;

    private static readonly Argument<string[]> Repo = new("REPO")
    {
        Description =
            "ORG/NAME, NAME, datasets/ORG/NAME, hf://ORG/NAME@REV or the address of a page of the repository. With --update or --fetch: names of entries.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Rev = new("--rev")
    {
        Description = "Branch, tag or commit. Default: the one in REPO, else main.",
        HelpName = "REV",
    };
    private static readonly Option<string?> Type = new("--type")
    {
        Description = "model, dataset or space. Default: what REPO says, else model.",
    };
    private static readonly Option<string[]> Include = Patterns(
        "--include",
        "Take only files that match (fnmatch: * crosses /). May be repeated."
    );
    private static readonly Option<string[]> Exclude = Patterns(
        "--exclude",
        "Leave out files that match. May be repeated."
    );
    private static readonly Option<string[]> File = Patterns(
        "--file",
        "Take this file (a path, or a pattern that must match). May be repeated."
    );
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The name in the store, as in fetchHuggingFace { name = …; }.",
    };
    private static readonly Option<string?> HubUrl = new("--endpoint")
    {
        Description = "Another hub than $HF_ENDPOINT or https://huggingface.co.",
        HelpName = "URL",
    };
    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "Read the token from this file. Default: HF_TOKEN and the other places that hf uses.",
        HelpName = "FILE",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "What to print: nix (an expression to paste), json, or sri (the bare hash).",
        DefaultValueFactory = _ => "nix",
    };

    private static readonly Option<string?> Lock = new("--lock")
    {
        Description =
            "Pin the model file by file in this lock file, without downloading what the hub lists a sha256 of.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Update = new("--update")
    {
        Description =
            "Move the entries of this lock file (those named, or all) to the heads of their branches; check tags.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Fetch = new("--fetch")
    {
        Description =
            "Bring the models of this lock file (those named, or all) into the store, so that their builds make no request.",
        HelpName = "FILE",
    };
    private static readonly Option<string[]> Freeze = new("--freeze")
    {
        Description = "With --lock or --update: updates leave this entry where it is from now on. May be repeated.",
        HelpName = "NAME",
    };
    private static readonly Option<string[]> Unfreeze = new("--unfreeze")
    {
        Description = "With --lock or --update: updates move this entry again. May be repeated.",
        HelpName = "NAME",
    };
    private static readonly Option<bool> Flat = new("--flat")
    {
        Description = "With one --file: pin the file itself, for fetchHuggingFaceFile.",
    };
    private static readonly Option<bool> NoStore = new("--no-store")
    {
        Description = "Only compute the hash; needs no Nix, keeps no files.",
    };
    private static readonly Option<bool> Resumable = new("--resumable")
    {
        Description =
            "Gather the files in a folder before they go to the store: an interrupted download goes on where it was.",
    };
    private static readonly Option<string?> AddRoot = new("--add-root")
    {
        Description = "Make a link there that keeps the files from being collected.",
        HelpName = "PATH",
    };
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "List what would be taken; download nothing. With --format json for programs.",
    };
    private static readonly Option<int?> Connections = new("--connections")
    {
        Description = "How many requests at once. Default: 32.",
        HelpName = "N",
    };
    private static readonly Option<string?> LimitRate = new("--limit-rate")
    {
        Description = "At most this many bytes per second, such as 10M.",
        HelpName = "RATE",
    };

    /// <summary>Makes the command's options part of a command: of the root, or of <c>nix-ai-models
    /// prefetch</c>.</summary>
    public static T Configure<T>(T command)
        where T : Command
    {
        command.Description =
            "Download a model of the Hugging Face Hub, print its pin for Nix, and add it to the store." + Examples;
        Type.AcceptOnlyFromAmong("model", "dataset", "space");
        Format.AcceptOnlyFromAmong("nix", "json", "sri");
        command.Arguments.Add(Repo);
        foreach (
            var option in (Option[])
                [
                    Rev,
                    Type,
                    Include,
                    Exclude,
                    File,
                    Name,
                    HubUrl,
                    TokenFile,
                    Format,
                    Lock,
                    Update,
                    Fetch,
                    Freeze,
                    Unfreeze,
                    Flat,
                    NoStore,
                    Resumable,
                    AddRoot,
                    DryRun,
                    Connections,
                    LimitRate,
                ]
        )
        {
            command.Options.Add(option);
        }

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
            var file =
                parsed.GetValue(Update)
                ?? parsed.GetValue(Lock)
                ?? throw new Failure(
                    ExitCode.Usage,
                    "--freeze and --unfreeze want to know the lock file",
                    ShellText.Command([
                        "nix-prefetch-hf",
                        "--lock",
                        "models.lock.json",
                        .. freeze.SelectMany(name => (string[])["--freeze", name]),
                        .. unfreeze.SelectMany(name => (string[])["--unfreeze", name]),
                    ])
                );
            await LockEdit.FreezeAsync(file, freeze, unfreeze, cancellation);
            if (parsed.GetValue(Update) is null && words.Length == 0)
                return (int)ExitCode.Done;
        }

        SnapshotDelivery OpenOf(string? endpoint) => Open(parsed, endpoint ?? parsed.GetValue(HubUrl));
        if (parsed.GetValue(Update) is { } updated)
            return (int)await new LockUpdate(updated, OpenOf, parsed.GetValue(DryRun)).RunAsync(words, cancellation);
        if (parsed.GetValue(Fetch) is { } locked)
            return (int)await LockFetch.RunAsync(locked, words, parsed.GetValue(AddRoot), OpenOf, cancellation);
        if (words.Length != 1)
        {
            throw new Failure(
                ExitCode.Usage,
                words.Length == 0 ? "which repository?" : $"one repository at a time, not {words.Length}",
                "nix-prefetch-hf ORG/NAME   # nix-prefetch-hf --help shows more"
            );
        }

        return await RunAsync(parsed, words[0], cancellation);
    }

    private static async Task<int> RunAsync(ParseResult parsed, string word, CancellationToken cancellation)
    {
        var reference = RepositoryReference.Parse(word, parsed.GetValue(Type), parsed.GetValue(HubUrl));
        var repository = reference.Repository;
        var revision = parsed.GetValue(Rev) ?? reference.Revision ?? "main";
        var files = parsed.GetValue(File) ?? [];
        if (reference.FilePath is { } file && files.Length == 0)
            files = [file];
        var selection = new Selection(files, parsed.GetValue(Include) ?? [], parsed.GetValue(Exclude) ?? []);
        var flat = parsed.GetValue(Flat);
        if (flat && (files.Length != 1 || selection.Include.Count + selection.Exclude.Count > 0))
        {
            throw new Failure(
                ExitCode.Usage,
                "--flat pins one file",
                "nix-prefetch-hf ORG/NAME --file model.gguf --flat"
            );
        }

        var given = parsed.GetValue(HubUrl) ?? reference.Endpoint;
        if (parsed.GetValue(DryRun))
        {
            using var listed = Open(parsed, given);
            await Listing.PrintAsync(
                listed.Hub,
                repository,
                revision,
                selection,
                parsed.GetValue(Format) == "json",
                cancellation
            );
            return (int)ExitCode.Done;
        }

        if (parsed.GetValue(Lock) is { } path)
        {
            if (flat || parsed.GetValue(Format) == "sri")
            {
                throw new Failure(
                    ExitCode.Usage,
                    "--lock pins every file; there is no one hash, and every large file is flat as it is",
                    "leave out --flat and --format sri"
                );
            }

            var wanted = new LockEntry
            {
                Repository = repository,
                Commit = "",
                Selection = selection,
                Endpoint = given,
                Ref = Snapshot.IsCommit(revision) ? null : revision,
            };
            var pinned = await LockPin.RunAsync(
                path,
                parsed.GetValue(Name),
                wanted,
                revision,
                endpoint => Open(parsed, endpoint),
                cancellation
            );
            Console.Out.WriteLine(
                parsed.GetValue(Format) == "json" ? LockWriter.Write(pinned.Entry) : LockPin.ToNix(pinned.Name, path)
            );
            return (int)ExitCode.Done;
        }

        if (!parsed.GetValue(NoStore) && !new NixCommand().IsInstalled)
        {
            throw new Failure(
                ExitCode.LocalIO,
                "there is no nix-store on PATH to add the files to",
                ShellText.Command(["nix-prefetch-hf", word, "--no-store"]) + "   # prints the hash without Nix"
            );
        }

        using var delivery = Open(parsed, given);
        var snapshot = await Snapshot.ResolveAsync(delivery.Hub, repository, revision, selection, cancellation);
        var name =
            parsed.GetValue(Name)
            ?? (
                flat
                    ? DerivationName.OfFile(snapshot.Files[0].Path)
                    : DerivationName.OfSnapshot(
                        snapshot.Repository.TypeWord,
                        snapshot.Repository.ToString(),
                        snapshot.Commit,
                        selection.Lists
                    )
            );
        var (hash, storePath) = await delivery.RunAsync(snapshot, name, flat, cancellation);
        if (storePath is not null)
            Log.Line($"in the store: {storePath}");
        var pin = new Pin(snapshot, selection, hash, parsed.GetValue(Name), given, flat, storePath);
        Console.Out.WriteLine(
            parsed.GetRequiredValue(Format) switch
            {
                "json" => pin.ToJson(),
                "sri" => hash.Sri,
                _ => pin.ToNix(),
            }
        );
        return (int)ExitCode.Done;
    }

    private static SnapshotDelivery Open(ParseResult parsed, string? given)
    {
        var endpoint = HubEndpoint.Choose(given);
        var token = HubToken.Find(endpoint, parsed.GetValue(TokenFile), Log.Warning);
        var transfer = TransferOptions.Of(parsed.GetValue(Connections), parsed.GetValue(LimitRate));
        var nix = new NixCommand();
        return new SnapshotDelivery(new HubSession(endpoint, token, transfer), nix)
        {
            ToStore = !parsed.GetValue(NoStore) && nix.IsInstalled,
            Resumable = parsed.GetValue(Resumable),
            Root = parsed.GetValue(AddRoot),
        };
    }

    private static Option<string[]> Patterns(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "GLOB",
            AllowMultipleArgumentsPerToken = false,
        };
}
