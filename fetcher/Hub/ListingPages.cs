namespace NixAiModels.Hub;

/// <summary>Collects the pages of a listing, ends one that does not end by itself, and notices one that is
/// incomplete.</summary>
/// <param name="repository">Whose listing it is.</param>
internal sealed class ListingPages(RepositoryId repository)
{
    // More than a repository that the Hub recommends can have (100,000 files), and what fits into 256 MB of memory.
    private const int MaxEntries = 300_000;
    private const int MaxPages = 20_000;
    private const long MaxPathCharacters = 32 << 20;

    // A page may be empty; several in a row are no progress.
    private const int MaxIdlePages = 10;

    private readonly List<HubFile> _files = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _emptyFolders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requested = [];
    private long _pathCharacters;
    private int _idlePages;

    /// <summary>Every listed file, in the Hub's order.</summary>
    public IReadOnlyList<HubFile> Files => _files;

    /// <summary>Registers the request of a page.</summary>
    /// <exception cref="HubFailure">The listing is endless.</exception>
    public void Request(Uri page)
    {
        if (!_requested.Add(page.OriginalString) || _requested.Count > MaxPages || _idlePages >= MaxIdlePages)
            throw Endless("its pages repeat", page);
    }

    /// <summary>Adds the entries of a page.</summary>
    /// <returns>The paths of entries that are neither file nor folder.</returns>
    /// <exception cref="HubFailure">The listing is endless.</exception>
    public IReadOnlyList<string> Add(HubResponse response)
    {
        var known = _paths.Count;
        var others = new List<string>();
        foreach (var (path, type, file) in HubJson.ParseTree(response))
        {
            if (_paths.Add(path))
                _pathCharacters += path.Length;
            // A path that is listed twice is refused with the others (ListingCheck).
            if (file is not null)
                _files.Add(file);
            else if (type == "directory")
                _emptyFolders.Add(path);
            else
                others.Add(path);
        }

        if (_paths.Count > MaxEntries || _files.Count > MaxEntries || _pathCharacters > MaxPathCharacters)
            throw Endless($"it has more than {MaxEntries:N0} entries", response.Url);
        _idlePages = _paths.Count == known ? _idlePages + 1 : 0;
        return others;
    }

    /// <summary>Compares the listing with itself and with the files that the revision names.</summary>
    /// <param name="named">The paths that the revision names, if it does.</param>
    /// <param name="url">The listing's URL.</param>
    /// <returns>A warning, if the revision names fewer files.</returns>
    /// <exception cref="HubFailure">Files are missing.</exception>
    public string? RequireComplete(IReadOnlyList<string>? named, Uri url)
    {
        // Git has no empty folders.
        foreach (var path in _paths)
        {
            if (path.LastIndexOf('/') is > 0 and var slash)
                _emptyFolders.GetAlternateLookup<ReadOnlySpan<char>>().Remove(path.AsSpan(0, slash));
        }

        if (_emptyFolders.Count > 0)
        {
            throw Incomplete(
                $"{_files.Count:N0} files, but nothing of the folder '{Printable.Escape(_emptyFolders.First())}'",
                url
            );
        }

        if (named is null)
            return null;
        if (named.FirstOrDefault(path => !_paths.Contains(path)) is { } missing)
        {
            throw Incomplete(
                $"{_files.Count:N0} files of the {named.Count:N0} that its revision names, "
                    + $"'{Printable.Escape(missing)}' is missing",
                url
            );
        }

        return named.Count < _files.Count
            ? $"{repository}: its revision names only {named.Count:N0} of the {_files.Count:N0} listed files; "
                + "the listing counts"
            : null;
    }

    private HubFailure Incomplete(string how, Uri url) =>
        new(
            HubFailureKind.IncompleteListing,
            $"incomplete listing of {repository} ({how}): {HubUrl.Display(url)}",
            "run the same command again; if it fails again, a proxy or a mirror cuts the listing: check HF_ENDPOINT"
        );

    private static HubFailure Endless(string how, Uri page) =>
        new(
            HubFailureKind.InvalidResponse,
            $"endless listing ({how}): {HubUrl.Display(page)}",
            "try again later; if it fails again, report it to the hub"
        );
}
