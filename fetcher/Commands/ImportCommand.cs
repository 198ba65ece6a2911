using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models import</c>: pins what <c>hf</c> has downloaded, or locks it.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> Repos = new("REPO")
    {
        Description = "Repositories of the cache: ORG/NAME or datasets/ORG/NAME.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<bool> All = new("--all") { Description = "Import every download of the cache." };
    private static readonly Option<string?> From = CacheFolderOption.Create("--from");
    private static readonly Option<string?> LockFile = new("--lock-file")
    {
        Description = "Write entries of this lock file instead of printing pins.",
        HelpName = "FILE",
    };
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "List what would be imported; nothing is asked of the hub.",
    };

    public static Command Create()
    {
        var command = new Command(
            "import",
            "Add the downloads of a Hugging Face cache to the store, checked by the hub's listing, and print pins."
        )
        {
            Repos,
            All,
            From,
            LockFile,
            HubAccess.Endpoint,
            DryRun,
        };
        command.SetAction(async (parsed, cancellation) => (int)await RunAsync(parsed, cancellation));
        return command;
    }

    private static async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var cache = parsed.FolderOf(From);
        var wanted = Wanted(parsed, cache);
        if (parsed.GetValue(DryRun))
        {
            Print(wanted, cache);
            return ExitCode.Done;
        }

        var failed = new List<ExitCode>();
        foreach (var revision in wanted)
        {
            try
            {
                await ImportAsync(parsed, cache, revision, cancellation);
            }
            catch (Failure failure)
            {
                var name = RepositoryId.OfCacheName(revision.Repository).Address;
                Log.Error(new Failure(failure.Code, $"{name}: {failure.Message}", failure.Next, failure));
                failed.Add(failure.Code);
            }
        }

        return failed.FirstOrDefault(ExitCode.Done);
    }

    /// <summary>The downloads that are named, or all: of each repository the revisions that a branch leads to, or else
    /// every one.</summary>
    private static IReadOnlyList<ScannedRevision> Wanted(ParseResult parsed, string cache)
    {
        var names = (parsed.GetValue(Repos) ?? [])
            .Select(word => RepositoryReference.Parse(word).Repository.CacheName)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.Count == 0 && !parsed.GetValue(All) && !parsed.GetValue(DryRun))
            throw new Failure(ExitCode.Usage, "no repository given", "nix-ai-models import --all   # or --dry-run");
        var downloads = CacheScan
            .Of(cache, [])
            .Where(revision => revision.IsDownload)
            .GroupBy(revision => revision.Repository)
            .SelectMany(revisions =>
                revisions.Any(each => each.Refs.Count > 0) ? revisions.Where(each => each.Refs.Count > 0) : revisions
            )
            .ToArray();
        if (names.FirstOrDefault(name => !downloads.Any(each => Is(each, name))) is { } missing)
        {
            throw new Failure(
                ExitCode.NotFound,
                $"{RepositoryId.OfCacheName(missing).Address} is not a download in {cache}",
                "nix-ai-models import --dry-run   # lists them"
            );
        }

        return [.. downloads.Where(each => names.Count == 0 || names.Any(name => Is(each, name)))];

        static bool Is(ScannedRevision revision, string name) =>
            revision.Repository.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(IReadOnlyList<ScannedRevision> wanted, string cache)
    {
        foreach (var revision in wanted)
        {
            Console.Out.WriteLine(
                $"{RepositoryId.OfCacheName(revision.Repository).Address}  {Printable.Escape(revision.Commit)}  "
                    + $"{Amounts.Count(revision.Files, "file")}, {Amounts.Size(revision.Size)}"
            );
        }

        Console.Out.WriteLine(
            $"{Amounts.Count(wanted.Count, "download")} in {Printable.Escape(cache, int.MaxValue)}, "
                + Amounts.Size(wanted.Sum(revision => revision.Size))
        );
    }

    private static async Task ImportAsync(
        ParseResult parsed,
        string cache,
        ScannedRevision revision,
        CancellationToken cancellation
    )
    {
        using var delivery = Open(parsed, parsed.GetValue(HubAccess.Endpoint), cache);
        var repository = RepositoryId.OfCacheName(revision.Repository);
        var (snapshot, selection) = await ResolveAsync(delivery, repository, revision, cancellation);
        if (parsed.GetValue(LockFile) is not { } file)
        {
            var name = DerivationName.OfSnapshot(
                snapshot.Repository.TypeWord,
                snapshot.Repository.ToString(),
                snapshot.Commit.ToString(),
                selection.Lists
            );
            var (hash, path) = await delivery.RunAsync(snapshot, new FixedOutput(name), cancellation);
            var pin = new Pin(snapshot, selection, hash, null, parsed.GetValue(HubAccess.Endpoint), false, path);
            Console.Out.WriteLine(PrefetchOutput.NixCall(pin));
            return;
        }

        var request = new PinRequest(repository, revision.Commit, selection, parsed.GetValue(HubAccess.Endpoint))
        {
            Ref = revision.Refs switch
            {
                _ when revision.Refs.Contains("main") => "main",
                [var first, ..] => first,
                _ => null,
            },
        };
        var (entryName, entry) = await LockPin.RunAsync(
            file,
            null,
            request,
            given => Open(parsed, given, cache),
            cancellation
        );
        if (delivery.ToStore)
        {
            var store = StoreFolder.Name(Environment.GetEnvironmentVariable);
            await new EntryDelivery(delivery, new NixCommand(), store).RunAsync(entry, cancellation);
        }

        Console.Out.WriteLine(PrefetchOutput.NixCall(entryName, file));
    }

    /// <summary>The files that the cache has, as the hub lists them; a pin names them where they are not all.</summary>
    private static async Task<(Snapshot Snapshot, Selection Selection)> ResolveAsync(
        SnapshotDelivery delivery,
        RepositoryId repository,
        ScannedRevision revision,
        CancellationToken cancellation
    )
    {
        var resolved = await delivery.Hub.ResolveRevisionAsync(repository, revision.Commit, cancellation);
        var listing = await delivery.Hub.ListFilesAsync(resolved, cancellation);
        ListingCheck.Check(listing);
        var present = revision.Paths.ToHashSet(StringComparer.Ordinal);
        HubFile[] files = [.. listing.Where(file => present.Contains(file.Path))];
        if (files.Length == 0)
        {
            throw new Failure(
                ExitCode.NotFound,
                $"the cache has none of the files of {resolved.Commit}",
                ShellText.Command(["nix-prefetch-hf", repository.Address, "--rev", revision.Commit])
            );
        }

        var selection = new Selection(
            files.Length == listing.Count ? [] : [.. files.Select(file => file.Path).Order(StringComparer.Ordinal)],
            [],
            []
        );
        var snapshot = new Snapshot(resolved.Repository, resolved.Commit, [.. NarOrder.Sort(files, file => file.Path)]);
        return (snapshot, selection);
    }

    private static SnapshotDelivery Open(ParseResult parsed, string? given, string cache)
    {
        var endpoint = HubEndpoint.Choose(given);
        var token = HubToken.Find(endpoint, TokenScope.Of([parsed.GetValue(HubAccess.Endpoint)]), null, Log.Warning);
        var nix = new NixCommand();
        return new SnapshotDelivery(new HubSession(endpoint, token, TransferOptions.Of(null, null)), nix)
        {
            ToStore = nix.IsInstalled,
            Local = new LocalFiles([cache], []),
        };
    }
}
