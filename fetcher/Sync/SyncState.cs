using System.Text.Json;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Sync;

/// <summary>What sync records outside the cache: the models that it has placed, and what their refs held
/// before.</summary>
/// <remarks>It is written before the first change with everything that is about to be made, and again at the end: after
/// a crash it lists more than there is, never less.</remarks>
internal sealed class SyncState
{
    private const int SupportedVersion = 1;

    private readonly string _file;
    private byte[] _written;

    private SyncState(string file, byte[] written) => (_file, _written) = (file, written);

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
    /// <exception cref="Failure">As <see cref="Read"/>.</exception>
    internal static IEnumerable<(string Model, Placement Placement)> PlacedModels(string stateDirectory) =>
        from model in Read(stateDirectory).Models
        where model.Placement is not null
        select (model.Name, model.Placement);

    /// <summary>Reads the state; an empty one where nothing was placed yet.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read, or is damaged.</exception>
    internal static SyncState Read(string stateDirectory)
    {
        var file = Path.Combine(stateDirectory, "state.json");
        try
        {
            if (!File.Exists(file))
                return new SyncState(file, []);
            var bytes = File.ReadAllBytes(file);
            var content = JsonSerializer.Deserialize(bytes, SyncJson.Default.Content);
            if (content is not { Version: SupportedVersion })
                throw new JsonException("another version of nix-ai-models wrote it");
            var state = new SyncState(file, bytes) { Models = [.. content.Models] };
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
    internal void RememberRefs(Placement placement)
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
                CommitId.TryParse(LinkPlacer.RefText(path)?.Trim())?.ToString() is not { } commit
                || own.HasRef(path, commit)
                || (PreviousRefs.TryGetValue(path, out var known) && known == commit)
            )
            {
                continue;
            }

            PreviousRefs[path] = commit;
            if (commit != placement.Commit)
                Log.Line($"{path}: {commit} until now; {placement.Commit} while the model is configured");
        }
    }

    /// <summary>Writes the state, unless the file has it already.</summary>
    internal void Save(CacheChanges changes)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new Content(SupportedVersion, Models, PreviousRefs),
            SyncJson.Default.Content
        );
        if (bytes.AsSpan().SequenceEqual(_written))
            return;
        _written = bytes;
        changes.WriteState(_file, bytes);
    }
}
