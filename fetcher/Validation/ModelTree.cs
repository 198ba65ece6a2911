using System.Collections.Concurrent;
using NixAiModels.Posix;

namespace NixAiModels.Validation;

/// <summary>Every file of a model's folder, sorted by path (ordinal).</summary>
/// <remarks>Links out of the folder are never followed, with one exception: a model in the Nix store may be composed of
/// links to other store paths (the raw of a lock file is). What they lead to is as fixed as the model itself.</remarks>
internal sealed class ModelTree
{
    private const int MaxFolderDepth = 64;
    private const int MaxFiles = 1_000_000;

    private readonly string _root;
    private readonly List<ModelFile> _entries = [];
    private readonly List<string> _emptyFolders = [];
    private readonly ConcurrentDictionary<string, FileType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelFile> _byPath = new(StringComparer.Ordinal);

    private ModelTree(string root) => _root = root;

    /// <summary>All entries except folders.</summary>
    public IReadOnlyList<ModelFile> Entries => _entries;

    /// <summary>The folders that hold nothing, by path.</summary>
    public IReadOnlyList<string> EmptyFolders => _emptyFolders;

    /// <summary>The entries that have content.</summary>
    public IReadOnlyList<ModelFile> Files { get; private set; } = [];

    /// <summary>Where the Nix store is.</summary>
    private static string Store { get; } =
        (Environment.GetEnvironmentVariable("NIX_STORE") is { Length: > 0 } set ? set : "/nix/store").TrimEnd('/')
        + "/";

    /// <summary>The entry at a relative path, or <see langword="null"/>.</summary>
    public ModelFile? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>What a file with content is by its bytes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public FileType TypeOf(ModelFile file) =>
        _types.GetOrAdd(file.Path, static (_, full) => FileTypeProbe.Of(full), file.FullPath);

    /// <summary>Reads the tree under a folder, or the tree of one file.</summary>
    /// <exception cref="Failure">There is nothing at the path, or it cannot be listed (exit 7).</exception>
    public static ModelTree Read(string path)
    {
        var real =
            Links.Resolve(path)
            ?? throw new Failure(
                ExitCode.LocalIO,
                $"no such file or folder: {path}",
                "name the folder that holds the model's files"
            );
        var tree = new ModelTree(real);
        if (Directory.Exists(real))
            tree.Walk(real, string.Empty, 0);
        else
            tree.AddFile(Path.GetFileName(path), real, EntryKind.Regular, null);
        tree._entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        foreach (var entry in tree._entries)
            tree._byPath[entry.Path] = entry;
        tree.Files = [.. tree._entries.Where(entry => entry.HasContent)];
        return tree;
    }

    private void Walk(string folder, string prefix, int depth)
    {
        List<FileSystemInfo> children;
        try
        {
            if (depth > MaxFolderDepth)
                throw new IOException("nested too deeply");
            children =
            [
                .. new DirectoryInfo(folder).EnumerateFileSystemInfos(
                    "*",
                    new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }
                ),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _entries.Add(new ModelFile(prefix.TrimEnd('/'), folder, EntryKind.Unreadable, 0));
            return;
        }

        if (children.Count == 0 && prefix.Length > 0)
            _emptyFolders.Add(prefix.TrimEnd('/'));
        foreach (var child in children)
        {
            if (_entries.Count >= MaxFiles)
            {
                throw new Failure(
                    ExitCode.LocalIO,
                    $"the model has more than {MaxFiles} files",
                    "validate its parts one by one"
                );
            }

            var path = prefix + child.Name;
            if (child.LinkTarget is { } target)
                AddLink(child.FullName, path, target, depth);
            else if (child is DirectoryInfo)
                Walk(child.FullName, path + "/", depth + 1);
            else
                AddFile(path, child.FullName, EntryKind.Regular, null);
        }
    }

    private void AddLink(string link, string path, string target, int depth)
    {
        var real = Links.Resolve(link);
        if (real is null)
        {
            _entries.Add(new ModelFile(path, link, EntryKind.LinkOutside, 0, target));
        }
        else if (real.StartsWith(_root + "/", StringComparison.Ordinal) && !Path.IsPathRooted(target))
        {
            AddInnerLink(real, path, target);
        }
        else if (
            !_root.StartsWith(Store, StringComparison.Ordinal) || !real.StartsWith(Store, StringComparison.Ordinal)
        )
        {
            _entries.Add(new ModelFile(path, link, EntryKind.LinkOutside, 0, target));
        }
        else if (Directory.Exists(real))
        {
            Walk(real, path + "/", depth + 1);
        }
        else
        {
            AddFile(path, real, EntryKind.Regular, null);
        }
    }

    private void AddInnerLink(string real, string path, string target)
    {
        if (Directory.Exists(real))
            _entries.Add(new ModelFile(path, real, EntryKind.LinkToFolder, 0, target));
        else
            AddFile(path, real, EntryKind.LinkToFile, target);
    }

    private void AddFile(string path, string full, EntryKind kind, string? target)
    {
        try
        {
            var regular = FileStatus.Find(full) is { Kind: FileKind.Regular };
            _entries.Add(
                new ModelFile(
                    path,
                    full,
                    regular ? kind : EntryKind.Special,
                    regular ? new FileInfo(full).Length : 0,
                    target
                )
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _entries.Add(new ModelFile(path, full, EntryKind.Unreadable, 0, target));
        }
    }
}
