using System.Text.Json;
using NixAiModels.Cache;

namespace NixAiModels.Sync;

/// <summary>What sync notes outside the cache: which models it has placed, and what their refs held before.</summary>
/// <remarks>It is written before the first change with everything that is about to be made, and again at the end: after
/// a crash it lists more than there is, never less.</remarks>
internal sealed class SyncState
{
    private readonly string _file;
    private byte[] _written;

    private SyncState(string file, byte[] written) => (_file, _written) = (file, written);

    /// <summary>A model that was placed.</summary>
    /// <param name="Name">Its name in the configuration.</param>
    /// <param name="Outputs">The store paths that must stay.</param>
    /// <param name="Placement">Where it is in a cache; <see langword="null"/> where no cache was wanted.</param>
    internal sealed record Model(string Name, IReadOnlyList<string> Outputs, Placement? Placement);

    /// <summary>The models; while a run is under way, one name may be there with its old and its new
    /// placement.</summary>
    internal List<Model> Models { get; set; } = [];

    /// <summary>What the file of a ref held before it was ours.</summary>
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
            var state = new SyncState(file, bytes);
            state.Parse(bytes);
            return state;
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, file);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"{file} is damaged: {exception.Message}",
                $"mv '{file}' '{file}.damaged'   # links of models that are still configured are recognised; others stay behind",
                exception
            );
        }
    }

    /// <summary>Writes the state, if it is not what is written already.</summary>
    internal void Save(CacheChanges changes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json);
        if (buffer.GetBuffer().AsSpan(0, (int)buffer.Length).SequenceEqual(_written))
            return;
        _written = buffer.ToArray();
        changes.WriteState(_file, _written);
    }

    private void Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != 1)
            throw new JsonException("it was written by another version of nix-ai-models");
        foreach (var model in root.GetProperty("models").EnumerateArray())
        {
            var placement = model.GetProperty("placement");
            Models.Add(
                new Model(
                    model.GetProperty("name").GetString()!,
                    List(model.GetProperty("outputs")),
                    placement.ValueKind == JsonValueKind.Null ? null : ReadPlacement(placement)
                )
            );
        }

        foreach (var previous in root.GetProperty("previousRefs").EnumerateObject())
            PreviousRefs[previous.Name] = previous.Value.GetString()!;
    }

    private static Placement ReadPlacement(JsonElement json)
    {
        var files = json.GetProperty("files");
        var blobs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var blob in json.GetProperty("blobs").EnumerateObject())
            blobs[blob.Name] = blob.Value.GetString()!;
        return new Placement(
            json.GetProperty("repository").GetString()!,
            json.GetProperty("alias").GetString(),
            json.GetProperty("commit").GetString()!,
            json.GetProperty("raw").GetString()!,
            files.ValueKind == JsonValueKind.Null ? null : List(files),
            blobs,
            List(json.GetProperty("refs"))
        );
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteStartArray("models");
        foreach (var model in Models)
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            WriteList(json, "outputs", model.Outputs);
            json.WritePropertyName("placement");
            if (model.Placement is null)
                json.WriteNullValue();
            else
                Write(json, model.Placement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("previousRefs");
        foreach (var (path, value) in PreviousRefs)
            json.WriteString(path, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Placement placement)
    {
        json.WriteStartObject();
        json.WriteString("repository", placement.Repository);
        json.WriteString("alias", placement.Alias);
        json.WriteString("commit", placement.Commit);
        json.WriteString("raw", placement.Raw);
        if (placement.Files is null)
            json.WriteNull("files");
        else
            WriteList(json, "files", placement.Files);
        json.WriteStartObject("blobs");
        foreach (var (name, path) in placement.Blobs)
            json.WriteString(name, path);
        json.WriteEndObject();
        WriteList(json, "refs", placement.Refs);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static List<string> List(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetString()!)];
}
