using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Sources.Oci;
using NixAiModels.Store;
using NixAiModels.Terminal;
using static NixAiModels.Commands.HubAccess;
using static NixAiModels.Commands.RepositoryOptions;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf</c>: downloads a model, prints its pin, and adds it to the store where the build looks
/// for it.</summary>
internal static class PrefetchCommand
{
    private const string Examples = """


        Examples:
          nix-prefetch-hf prajjwal1/bert-tiny
          nix-prefetch-hf org/name --include '*.safetensors' --include '*.json'
          nix-prefetch-hf org/name-GGUF --file model.Q4_K_M.gguf
          nix-prefetch-hf https://huggingface.co/org/name/tree/v1.0
          nix-prefetch-hf org/name --format module     for services.ai-models
          HF_TOKEN=hf_… nix-prefetch-hf meta-llama/Llama-2-7b-hf
          nix-prefetch-hf https://github.com/org/name/releases/download/v1/model.gguf
          nix-prefetch-hf lock add org/name            no weight is downloaded
          nix-prefetch-hf lock update

        Exit codes: 0 done, 2 usage, 3 not found, 4 not allowed, 5 network,
          6 wrong bytes, 7 local disk, 130 interrupted.
        """;

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The name in the store, as in fetchHuggingFace { name = …; }, or of the module's entry.",
        HelpName = "NAME",
    };
    private static readonly Option<string> Format = new Option<string>("--format")
    {
        Description =
            "An expression (the default), an entry of services.ai-models or programs.ai-models, JSON, or "
            + "the bare hash.",
        DefaultValueFactory = _ => "nix",
    }.OneOf("nix", "module", "json", "sri");
    private static readonly Option<bool> Json = new("--json") { Description = "The same as --format json." };
    private static readonly Option<string?> Hash = new("--hash")
    {
        Description = "Of an address: the sha256 that the file must have (exit 6 if it has another).",
        HelpName = "HASH",
    };
    private static readonly Option<bool> Flat = new("--flat")
    {
        Description = "With one --file: pin the file itself, for fetchHuggingFaceFile.",
    };
    private static readonly Option<bool> NoStore = new("--no-store")
    {
        Description = "Only compute the hash; needs no Nix, keeps no files.",
    };
    private static readonly Option<bool> StreamOnly = new("--stream")
    {
        Description = "Stream into the store, writing nothing twice; an interrupted download starts over.",
    };
    private static readonly Option<string?> AddRoot = new("--add-root", "--local-dir")
    {
        Description = "Make a link to the files in the store, which protects them from garbage collection.",
        HelpName = "PATH",
    };
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "List the files that would be downloaded.",
    };

    /// <summary>Configures the root command, or <c>nix-ai-models prefetch</c>.</summary>
    public static T Configure<T>(T command)
        where T : Command
    {
        var isRoot = command is RootCommand;
        command.Description = isRoot
            ? "Download a model of the Hugging Face Hub, print its pin for Nix, and add it to the store." + Examples
            : $"The same as {CommandTree.Prefetch}.";
        RepositoryOptions.AddTo(command);
        foreach (var option in (Option[])[Name, Hash, Format, Json, Flat, DryRun, NoStore, StreamOnly, AddRoot])
            command.Options.Add(option);
        HubAccess.AddDownloadsTo(command);
        var locked = LockCommand.Create();
        locked.Hidden = !isRoot;
        command.Subcommands.Add(locked);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        RequireMeaning(parsed);
        if (parsed.GetValue(Repo) is [var word] && OllamaName.Matches(word))
            return await PinOllamaAsync(parsed, OllamaName.Parse(word), cancellation);
        if (AddressArguments.Of(parsed) is { } addresses)
            return await PinAddressAsync(parsed, addresses, cancellation);
        parsed.RefuseWith("a repository", Hash);
        var reference = ReferenceOf(parsed);
        if (parsed.GetValue(Name) is { } name)
            StorePath.CheckName(name);
        if (parsed.GetValue(DryRun))
            await ListAsync(parsed, reference, cancellation);
        else if (!parsed.GetValue(NoStore) && !new NixCommand().IsInstalled)
            throw NoNix(Redaction.InAddress(parsed.GetRequiredValue(Repo)[0]));
        else
            await PinAsync(parsed, reference, cancellation);
        return (int)ExitCode.Done;
    }

    private static async Task<int> PinOllamaAsync(ParseResult parsed, OllamaName name, CancellationToken cancellation)
    {
        parsed.RefuseWith($"{name}", [.. OllamaOutput.OfRepositories, Hash, Flat, StreamOnly, AddRoot]);
        Log.IsQuiet = parsed.GetValue(Quiet);
        var pin = await OllamaPin.ResolveAsync(name, parsed.GetValue(HubAccess.Endpoint), cancellation);
        if (parsed.GetValue(DryRun) && FormatOf(parsed) != "json")
            OllamaOutput.PrintTable(pin);
        else
            OllamaOutput.Print(pin, FormatOf(parsed), parsed.GetValue(Name));
        return (int)ExitCode.Done;
    }

    private static Task<int> PinAddressAsync(
        ParseResult parsed,
        IReadOnlyList<(string? Name, WebAddress Address)> addresses,
        CancellationToken cancellation
    )
    {
        parsed.RefuseWith("an address", Flat, StreamOnly);
        if (addresses is not [var (given, address)])
        {
            throw new Failure(
                ExitCode.Usage,
                $"{addresses.Count} addresses given: pin one at a time, or all in a lock file",
                "nix-prefetch-hf lock add ADDRESS… --name NAME"
            );
        }

        Log.IsQuiet = parsed.GetValue(Quiet);
        if ((parsed.GetValue(Name) ?? given) is { } name)
            WebAddress.RequirePath(name);
        var prefetch = new AddressPrefetch(
            address,
            parsed.GetValue(Name) ?? given,
            parsed.GetValue(Hash) is { } hash ? NixHash.Parse(hash) : null,
            TransferOf(parsed)
        );
        if (parsed.GetValue(DryRun))
            return AddressOutput.DescribeAsync(prefetch, FormatOf(parsed), cancellation);
        var nix = parsed.GetValue(NoStore) ? null : new NixCommand();
        return nix is { IsInstalled: false }
            ? throw NoNix(KnownSources.Display(address.Text))
            : AddressOutput.PinAsync(prefetch, nix, parsed.GetValue(AddRoot), FormatOf(parsed), cancellation);
    }

    private static void RequireMeaning(ParseResult parsed)
    {
        parsed.Refuse(NoStore, AddRoot, StreamOnly);
        parsed.Refuse(DryRun, AddRoot, StreamOnly, NoStore, Name, Hash, Flat, From, LimitRate, Transport);
        parsed.Refuse(Flat, Include, Exclude, Mmproj, StreamOnly);
        parsed.Refuse(Json, Format);
        var format = FormatOf(parsed);
        if (parsed.GetValue(DryRun) && parsed.IsGiven(Format) && format != "json")
            parsed.Refuse(DryRun, Format);
        if (parsed.GetValue(Flat) && format == "module")
        {
            throw new Failure(
                ExitCode.Usage,
                "a model of the modules is a folder: --flat has no meaning with --format module",
                "leave out --flat"
            );
        }
    }

    private static string FormatOf(ParseResult parsed) =>
        parsed.GetValue(Json) ? "json" : parsed.GetRequiredValue(Format);

    private static async Task ListAsync(
        ParseResult parsed,
        RepositoryReference reference,
        CancellationToken cancellation
    )
    {
        using var hub = OpenHub(parsed, EndpointOf(parsed, reference), findType: parsed.GetValue(RepoType) is null);
        var listing = await Listing.ResolveAsync(
            hub.Client,
            reference.Repository,
            RevisionOf(parsed, reference),
            SelectionOf(parsed, reference, requiresChoice: false),
            cancellation
        );
        if (FormatOf(parsed) == "json")
            ResultJson.Print(listing);
        else
            PrefetchOutput.PrintTable(listing);
    }

    private static async Task PinAsync(
        ParseResult parsed,
        RepositoryReference reference,
        CancellationToken cancellation
    )
    {
        var selection = SelectionOf(parsed, reference);
        var flat = parsed.GetValue(Flat);
        if (flat && selection.Files.Count + (selection.Quant is null ? 0 : 1) != 1)
        {
            throw new Failure(
                ExitCode.Usage,
                "--flat needs exactly one --file, or a quantization",
                $"nix-prefetch-hf {reference.Repository.Address} --file model.gguf --flat"
            );
        }

        using var delivery = Open(parsed, reference);
        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            reference.Repository,
            RevisionOf(parsed, reference),
            selection,
            cancellation
        );
        if (flat && snapshot.Files.Count != 1)
        {
            throw new Failure(
                ExitCode.Usage,
                $"--flat pins one file, and {snapshot.Files.Count} are selected",
                $"nix-prefetch-hf {Redaction.InAddress(parsed.GetRequiredValue(Repo)[0])}   # without --flat"
            );
        }

        selection = selection.Resolved(snapshot.Files);
        // A model of the modules has a name of its own; its snapshot has the usual one.
        var name = FormatOf(parsed) == "module" ? null : parsed.GetValue(Name);
        var output = new FixedOutput(name ?? UsualName(snapshot, selection, flat), flat);
        var (hash, storePath) = await delivery.RunAsync(snapshot, output, cancellation);
        if (storePath is not null)
            Log.Line($"in the store: {storePath}");
        Print(
            parsed,
            new Pin(snapshot, selection, hash, name, EndpointOf(parsed, reference), flat, storePath),
            RevisionOf(parsed, reference)
        );
    }

    private static string UsualName(Snapshot snapshot, Selection selection, bool flat) =>
        flat
            ? DerivationName.OfFile(snapshot.Files[0].Path)
            : DerivationName.OfSnapshot(
                snapshot.Repository.TypeWord,
                snapshot.Repository.ToString(),
                snapshot.Commit.ToString(),
                selection.Lists
            );

    private static void Print(ParseResult parsed, Pin pin, string revision)
    {
        switch (FormatOf(parsed))
        {
            case "json":
                ResultJson.Print(pin);
                break;
            case "sri":
                Console.Out.WriteLine(pin.Hash.Sri);
                break;
            case "module":
                var name = parsed.GetValue(Name) ?? pin.Snapshot.Repository.Name;
                Console.Out.WriteLine(PrefetchOutput.ModuleEntry(pin, name, revision));
                break;
            default:
                Console.Out.WriteLine(PrefetchOutput.NixCall(pin));
                if (!pin.IsFlat)
                    Log.Line("for services.ai-models or programs.ai-models: the same command with --format module");
                break;
        }
    }

    private static SnapshotDelivery Open(ParseResult parsed, RepositoryReference reference)
    {
        var nix = new NixCommand();
        var session = OpenHub(parsed, EndpointOf(parsed, reference), findType: parsed.GetValue(RepoType) is null);
        return new SnapshotDelivery(session, nix)
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
            ShellText.Command([CommandTree.Prefetch, word, "--no-store"]) + "   # prints the hash without Nix"
        );
}
