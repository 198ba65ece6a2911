using NixAiModels.Posix;

namespace NixAiModels.Store;

/// <summary>Finds the models in the store, and what keeps them there.</summary>
/// <param name="nix">The Nix whose store it is.</param>
/// <param name="folder">The store's folder on the disk.</param>
/// <param name="storeDirectory">The folder that store paths begin with.</param>
public sealed class StoreModels(NixCommand nix, string folder, string storeDirectory)
{
    private const int Deepest = 64;

    /// <summary>Lists the models, ordered by repository.</summary>
    /// <param name="isWanted">Chooses by what the name tells; the others are not looked into.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or the store cannot be read.</exception>
    public async Task<IReadOnlyList<StoreModel>> FindAsync(
        Func<StoreModel, bool> isWanted,
        CancellationToken cancellation
    )
    {
        try
        {
            StoreModel[] named =
            [
                .. Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(path => StoreModel.Parse($"{storeDirectory}/{Path.GetFileName(path)}"))
                    .OfType<StoreModel>()
                    .Where(isWanted),
            ];
            var missing = await nix.MissingAsync([.. named.Select(model => model.StorePath)], cancellation);
            var roots = named.Length == 0 ? [] : await nix.RootsAsync(cancellation);
            StoreModel[] valid = [.. named.Where(model => !missing.Contains(model.StorePath))];
            var referrers = await Referrers.LoadAsync(nix, [.. valid.Select(model => model.StorePath)], cancellation);
            StoreModel[] found = [.. valid.Select(model => Complete(model, roots, referrers.Of(model.StorePath)))];
            // A file of a locked model is a part of its snapshot.
            return
            [
                .. found
                    .Where(model => model.Repository is not null || !IsPart(model, found))
                    .OrderBy(model => model.Repository ?? model.StorePath, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(model => model.StorePath, StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, folder);
        }
    }

    private StoreModel Complete(
        StoreModel model,
        IReadOnlyList<(string Root, string StorePath)> roots,
        HashSet<string> referrers
    ) =>
        model with
        {
            Size = SizeOf(Disk(model.StorePath), Deepest),
            Views =
            [
                .. referrers
                    .Where(path => path != model.StorePath && StoreModel.Parse(path) is not null || IsView(path))
                    .Order(StringComparer.Ordinal),
            ],
            Roots =
            [
                .. roots
                    .Where(root => referrers.Contains(root.StorePath))
                    .Select(root => root.Root)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ],
        };

    private static bool IsPart(StoreModel file, StoreModel[] all) =>
        file.Views.Any(view => Array.Exists(all, model => model.StorePath == view));

    /// <summary>Whether a store path is the view of a model.</summary>
    private bool IsView(string path)
    {
        using var open = FolderHandle.Open(Disk(path));
        return open?.NamesIn("hub").Exists(name => name.Contains("--", StringComparison.Ordinal)) == true;
    }

    private static long SizeOf(string path, int depth)
    {
        if (FileStatus.Find(path) is not { } status)
            return 0;
        if (status.Kind != FileKind.Folder || depth == 0)
            return status.Size;
        return Directory.EnumerateFileSystemEntries(path).Sum(entry => SizeOf(entry, depth - 1));
    }

    private string Disk(string storePath) => folder + storePath[storeDirectory.Length..];
}
