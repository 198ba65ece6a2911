using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Sources.Oci;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Pins a model file by file in a lock file, without downloading the files whose sha256 the hub lists
/// (<c>nix-prefetch-hf lock add</c>).</summary>
internal static class LockPin
{
    /// <summary>Adds an entry, or replaces the one with its name.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="name">The entry's name; the repository's if it is <see langword="null"/>.</param>
    /// <param name="request">What it pins.</param>
    /// <param name="open">Opens the hub of an endpoint.</param>
    /// <param name="cancellation">Ends the work; the file is then unchanged.</param>
    /// <returns>The entry and its name.</returns>
    /// <exception cref="Failure">Something failed; the file is then unchanged.</exception>
    public static async Task<(string Name, RepositoryEntry Entry)> RunAsync(
        string path,
        string? name,
        PinRequest request,
        Func<string?, SnapshotDelivery> open,
        CancellationToken cancellation
    )
    {
        var key = name ?? request.Repository.Name;
        StorePath.CheckName(key);
        // A damaged file fails before anything is downloaded.
        var known = File.Exists(path)
            ? Old(LockFile.Read(path), path, key, name, request.Repository) as RepositoryEntry
            : null;
        using var delivery = open(request.Endpoint);
        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            request.Repository,
            request.Revision,
            request.Selection,
            cancellation
        );
        // As the hub spells it.
        key = name ?? snapshot.Repository.Name;
        var entry = await new EntryPin(delivery).PinAsync(snapshot, request.EntryOf(snapshot), known, cancellation);
        Report(key, entry, snapshot, delivery.Downloaded, delivery.Taken);
        var changed = await LockEdit.ApplyAsync(
            path,
            file =>
            {
                var old = Old(file, path, key, name, snapshot.Repository);
                entry = EntrySignature.KeepValid(key, old, entry);
                return file.With(key, entry);
            },
            cancellation
        );
        Log.Line(changed ? $"wrote {path}" : $"{path} is unchanged");
        return (key, entry);
    }

    /// <summary>Adds an entry of files of the web, or replaces the one with its name.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="name">The entry's name; that of the one file if it is <see langword="null"/>.</param>
    /// <param name="files">The addresses; see <see cref="FileEntries.PinAsync"/>.</param>
    /// <param name="entries">Pins them.</param>
    /// <param name="cancellation">Ends the work; the file is then unchanged.</param>
    /// <returns>The entry and its name.</returns>
    /// <exception cref="Failure">Something failed; the file is then unchanged.</exception>
    public static async Task<(string Name, FileEntry Entry)> RunAsync(
        string path,
        string? name,
        IReadOnlyList<(string? Name, WebAddress Address)> files,
        FileEntries entries,
        CancellationToken cancellation
    )
    {
        if (name is null && files.Count > 1)
        {
            throw new Failure(
                ExitCode.Usage,
                "several files need a name for the model",
                LockCommandText.Of(path, "add", "ADDRESS…", "--name", "NAME")
            );
        }

        return await AddAsync(
            path,
            name,
            () => entries.PinAsync(files, cancellation),
            entry => DerivationName.OfFile(Path.GetFileNameWithoutExtension(entry.Files[0].Path)),
            cancellation
        );
    }

    /// <summary>Adds an entry of a model of a registry, or replaces the one with its name.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="name">The entry's name; the model's and its tag if it is <see langword="null"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="endpoint">A registry that is asked in place of the one in the name.</param>
    /// <param name="cancellation">Ends the work; the file is then unchanged.</param>
    /// <returns>The entry and its name.</returns>
    /// <exception cref="Failure">Something failed; the file is then unchanged.</exception>
    public static Task<(string Name, FileEntry Entry)> RunAsync(
        string path,
        string? name,
        OllamaName model,
        string? endpoint,
        CancellationToken cancellation
    ) =>
        AddAsync(
            path,
            name,
            async () => OllamaEntry.Of(await OllamaPin.ResolveAsync(model, endpoint, cancellation)),
            _ => model.FileStem,
            cancellation
        );

    private static async Task<(string Name, FileEntry Entry)> AddAsync(
        string path,
        string? name,
        Func<Task<FileEntry>> pin,
        Func<FileEntry, string> nameOf,
        CancellationToken cancellation
    )
    {
        if (name is not null)
            StorePath.CheckName(name);
        // A damaged file fails before anything is downloaded.
        if (File.Exists(path) && name is not null)
            RequireNotFrozen(LockFile.Read(path).Models.GetValueOrDefault(name), path, name);
        var entry = await pin();
        var key = name ?? nameOf(entry);
        StorePath.CheckName(key);
        var changed = await LockEdit.ApplyAsync(
            path,
            file =>
            {
                var old = file.Models.GetValueOrDefault(key);
                RequireNotFrozen(old, path, key);
                if (old is not null && name is null && old.Origin != entry.Origin)
                    throw Taken(path, key, old, LockCommandText.Of(path, "add", "ADDRESS", "--name", "NAME"));
                entry = EntrySignature.KeepValid(key, old, entry);
                return file.With(key, entry);
            },
            cancellation
        );
        Log.Line(changed ? $"wrote {path}" : $"{path} is unchanged");
        return (key, entry);
    }

    private static Failure Taken(string path, string name, LockEntry old, string next) =>
        new(ExitCode.Usage, $"{path} already has a model '{name}', from {Printable.Escape(old.Origin)}", next);

    private static LockEntry? Old(LockFile file, string path, string key, string? name, RepositoryId repository)
    {
        var old = file.Models.GetValueOrDefault(key);
        RequireNotFrozen(old, path, key);
        return old is null || name is not null || old.Origin == repository.ToString()
            ? old
            : throw Taken(
                path,
                key,
                old,
                LockCommandText.Of(path, "add", repository.Address, "--name", repository.ToString().Replace('/', '-'))
            );
    }

    internal static void RequireNotFrozen(LockEntry? old, string path, string name)
    {
        if (old is not { Frozen: true })
            return;
        var commit = old is RepositoryEntry repository ? $" at {repository.Commit}" : "";
        throw new Failure(
            ExitCode.Usage,
            $"'{name}' is frozen in {path}{commit}",
            LockCommandText.Of(path, "unfreeze", name) + "   # then the same command again"
        );
    }

    private static void Report(string name, RepositoryEntry entry, Snapshot snapshot, long downloaded, long taken)
    {
        var large = entry.Lfs.Sum(file => file.Size ?? 0);
        Log.Line($"{name}: {snapshot.Summary}");
        Log.Line(
            $"  {Amounts.Count(entry.Lfs.Count, "file")} pinned by the sha256 that the hub lists, {Amounts.Size(large)}"
        );
        Log.Line(
            $"  {Amounts.Count(entry.Regular.Count, "regular file")} pinned together"
                + (entry.RegularHash is { } hash ? $" by {hash.Sri}" : "")
                + $", {Amounts.Size(snapshot.Size - large)}"
        );
        Log.Line(
            $"  downloaded {Amounts.Size(downloaded)}; "
                + $"{Amounts.Size(snapshot.Size - downloaded - taken)} already pinned by the hub's listing"
        );
    }
}
