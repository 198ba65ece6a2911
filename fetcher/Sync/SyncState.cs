using System.Security.Cryptography;
using System.Text.Json;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>What sync records outside the cache: the models that it has placed, and what their refs held
/// before.</summary>
/// <remarks>It is written before the first change with everything that is about to be made, and again at the end: after
/// a crash it lists more than there is, never less.</remarks>
internal sealed class SyncState
{
    private const int SupportedVersion = 1;
    private const UnixFileMode StateMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const string FileName = "state.json";
    private const int LongestState = 1 << 28;

    private byte[] _written;

    private SyncState(byte[] written) => _written = written;

    /// <summary>The file's JSON.</summary>
    internal sealed record Content(
        int Version,
        IReadOnlyList<Model> Models,
        IReadOnlyDictionary<string, string> PreviousRefs
    );

    /// <summary>A model that was placed.</summary>
    /// <param name="Name">Its name in the configuration.</param>
    /// <param name="Outputs">The store paths that must stay.</param>
    /// <param name="Placement">Where it is in a cache; <see langword="null"/> where no cache was wanted.</param>
    internal sealed record Model(string Name, IReadOnlyList<string> Outputs, Placement? Placement)
    {
        /// <summary>Whether two models have the same name, outputs and placement.</summary>
        public bool Equals(Model? other) =>
            other is not null
            && Name == other.Name
            && Outputs.SequenceEqual(other.Outputs)
            && Equals(Placement, other.Placement);

        public override int GetHashCode() => HashCode.Combine(Name, Placement);
    }

    /// <summary>The models; while a run is under way, one name may be there with its old and its new
    /// placement.</summary>
    internal List<Model> Models { get; set; } = [];

    /// <summary>The commits that refs held before they were ours, by the path of the ref's file.</summary>
    internal SortedDictionary<string, string> PreviousRefs { get; } = new(StringComparer.Ordinal);

    /// <summary>The models that a sync with this state directory has placed in a cache.</summary>
    /// <returns>None where another user keeps them from being read.</returns>
    /// <exception cref="Failure">As <see cref="Read"/>.</exception>
    internal static IReadOnlyList<(string Model, Placement Placement)> PlacedModels(string stateDirectory)
    {
        try
        {
            using var folder = FolderHandle.Open(stateDirectory);
            return
            [
                .. from model in Read(folder, stateDirectory).Models
                where model.Placement is not null
                select (model.Name, model.Placement),
            ];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The models that the machine's sync, this user's, and <c>link</c> have placed.</summary>
    internal static IEnumerable<(string Model, Placement Placement)> PlacedEverywhere() =>
        DefaultDirectories().SelectMany(PlacedModels);

    /// <summary>The state directories of the machine and of this user.</summary>
    internal static IEnumerable<string> DefaultDirectories() =>
        [ServiceDirectory, UserDirectory, .. ModelLinks.StateDirectories];

    /// <summary>The state directory of the NixOS service.</summary>
    internal const string ServiceDirectory = "/var/lib/ai-models";

    /// <summary>This user's state directory.</summary>
    internal static string UserDirectory
    {
        get
        {
            var environment = EnvironmentVariables.OfProcess;
            return Path.Combine(
                environment["XDG_STATE_HOME"] ?? Path.Combine(environment["HOME"] ?? "/root", ".local", "state"),
                "ai-models"
            );
        }
    }

    /// <summary>Reads the state; an empty one where nothing was placed yet.</summary>
    /// <param name="folder">The state directory; <see langword="null"/> where there is none.</param>
    /// <param name="stateDirectory">Its path, for messages.</param>
    /// <exception cref="Failure">Exit code 7: it cannot be read, or is damaged.</exception>
    internal static SyncState Read(FolderHandle? folder, string stateDirectory)
    {
        var file = Path.Combine(stateDirectory, FileName);
        try
        {
            if (folder?.Entry(FileName) is null)
                return new SyncState([]);
            var bytes = folder.Read(FileName, LongestState) ?? throw new IOException("not a regular file");
            var content = JsonSerializer.Deserialize(bytes, SyncJson.Default.Content);
            if (content is not { Version: SupportedVersion })
                throw new JsonException("another version of nix-ai-models wrote it");
            var state = new SyncState(bytes) { Models = [.. content.Models] };
            foreach (var (path, commit) in content.PreviousRefs)
                state.PreviousRefs[path] = commit;
            return state;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, file);
        }
        catch (JsonException exception)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"damaged state: {file}: {exception.Message}",
                $"mv '{file}' '{file}.damaged'   # then sync again; links of models that were removed meanwhile stay",
                exception
            );
        }
    }

    /// <summary>Records the commits of refs that are about to become ours, so that they can be restored.</summary>
    internal void RememberRefs(Placement placement, CacheTree tree)
    {
        var own = new OwnedLinks([
            .. Models
                .Select(model => model.Placement)
                .OfType<Placement>()
                .Where(other => other.Repository == placement.Repository),
        ]);
        foreach (var path in placement.Refs.Select(placement.RefFile))
        {
            if (
                CommitId.TryParse(tree.RefText(path)?.Trim())?.ToString() is not { } commit
                || own.HasRef(path, commit)
                || (PreviousRefs.TryGetValue(path, out var known) && known == commit)
            )
            {
                continue;
            }

            PreviousRefs[path] = commit;
            if (commit != placement.Commit)
            {
                Log.Line(
                    $"{Printable.Escape(path)}: {commit} until now; {placement.Commit} while the model is configured"
                );
            }
        }
    }

    /// <summary>Writes the state, unless the file has it already.</summary>
    /// <param name="folder">The state directory; <see langword="null"/> writes nothing.</param>
    /// <param name="before">Called before it is written.</param>
    /// <exception cref="IOException">The file system refused; the old state is there.</exception>
    internal void Save(FolderHandle? folder, Action<string>? before = null)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new Content(SupportedVersion, Models, PreviousRefs),
            SyncJson.Default.Content
        );
        if (bytes.AsSpan().SequenceEqual(_written))
            return;
        _written = bytes;
        before?.Invoke($"write {FileName}");
        if (folder is null)
            return;
        var staging = $"{FileName}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        try
        {
            folder.MakeFile(staging, bytes, StateMode);
            folder.Replace(staging, FileName);
        }
        catch
        {
            folder.Remove(staging);
            throw;
        }
    }
}
