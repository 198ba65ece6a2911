using System.Text.Json;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Signing;
using NixAiModels.Snapshots;

namespace NixAiModels.Locking;

/// <summary>Reads the text of a lock file (docs/lock.md, docs/models.lock.schema.json), strictly: what it does not know
/// it refuses, so that nothing in the file is of effect in Nix and not covered by a signature here.</summary>
public static class LockReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a file.</summary>
    /// <param name="text">Its bytes.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <exception cref="Failure">It is damaged (exit code 6) or of another version (2).</exception>
    public static LockFile Read(ReadOnlyMemory<byte> text, string path)
    {
        if (text.Span.IndexOf("\n<<<<<<< "u8) >= 0)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"{path} has git's conflict markers in it",
                "keep the lines of both sides (each model is an entry of its own), remove the markers, and run the command again"
            );
        }

        return Guarded(
            path,
            () =>
            {
                using var document = JsonDocument.Parse(text, Strict);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version))
                    throw new FormatException("is no lock file: it has no version");
                if (version.GetInt32() is not LockFile.Version)
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"{path} is of version {version}; this nix-ai-models knows version {LockFile.Version}",
                        "use the nix-ai-models that wrote it, or a newer one"
                    );
                }

                Known(root, "the file", "version", "models");
                return new LockFile(
                    root.GetProperty("models")
                        .EnumerateObject()
                        .ToDictionary(
                            model =>
                                StorePath.IsValidName(model.Name)
                                    ? model.Name
                                    : throw new FormatException(
                                        $"has a model with the name '{model.Name}', which no store path can have"
                                    ),
                            model => Entry(model.Value, model.Name)
                        )
                );
            }
        );
    }

    /// <summary>Reads an entry that came in another way than by a lock file.</summary>
    /// <param name="entry">The entry's JSON.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="Failure">It is damaged (exit code 6).</exception>
    public static LockEntry ReadEntry(JsonElement entry, string name) =>
        Guarded($"the lock entry '{name}'", () => Entry(entry, name));

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            var what = exception switch
            {
                JsonException json => $"is no JSON (line {json.LineNumber + 1})",
                FormatException => Printable.Escape(exception.Message, 1000),
                _ => "lacks something, or has something of another type than version 1 has",
            };
            throw new Failure(
                ExitCode.Integrity,
                $"{path} {what}",
                "take it from version control (git checkout), or pin anew: nix-prefetch-hf ORG/NAME --lock FILE",
                exception
            );
        }
    }

    private static LockEntry Entry(JsonElement json, string name)
    {
        Known(
            json,
            name,
            "repo",
            "repoType",
            "ref",
            "rev",
            "frozen",
            "endpoint",
            "files",
            "include",
            "exclude",
            "size",
            "lfs",
            "regular",
            "signatures"
        );
        var regular = json.TryGetProperty("regular", out var found) ? found : (JsonElement?)null;
        if (regular is { } given)
            Known(given, name, "hash", "files");
        var entry = new LockEntry
        {
            Repository = Checked(name, () => RepositoryId.Parse(Text(json, "repo")!, Text(json, "repoType"))),
            Commit =
                Text(json, "rev") is { } rev && Snapshot.IsCommit(rev)
                    ? rev
                    : throw new FormatException($"{name}: rev is no commit of 40 digits"),
            Ref = Text(json, "ref"),
            Frozen = json.TryGetProperty("frozen", out var frozen) && frozen.GetBoolean(),
            Endpoint = Text(json, "endpoint"),
            Selection = new Selection(Texts(json, "files"), Texts(json, "include"), Texts(json, "exclude")),
            Lfs = [.. Items(json, "lfs").Select(file => Lfs(file, name))],
            RegularHash = regular is { } pinned ? Checked(name, () => NixHash.Parse(Text(pinned, "hash")!)) : null,
            Regular = regular is { } files ? [.. Items(files, "files").Select(file => Regular(file, name))] : [],
            Signatures = [.. Texts(json, "signatures").Select(text => new Signature(text))],
        };
        if (entry.Lfs.Count + entry.Regular.Count == 0)
            throw new FormatException($"{name}: pins no file");
        if (entry.RegularHash is not null && entry.Regular.Count == 0)
            throw new FormatException($"{name}: regular has a hash and no files");
        if (json.TryGetProperty("size", out var size) && Number(size) != entry.Size)
        {
            throw new FormatException(
                $"{name}: size is {size}, but its files have {entry.Size?.ToString() ?? "an unknown number of"} bytes together"
            );
        }

        Checked(
            name,
            () =>
            {
                ListingCheck.Check(entry.Listing, "the lock file");
                return true;
            }
        );
        return entry;
    }

    private static LfsFile Lfs(JsonElement json, string name)
    {
        Known(json, name, "path", "size", "sha256");
        return new LfsFile(
            Text(json, "path")!,
            json.TryGetProperty("size", out var size) ? Number(size) : null,
            Text(json, "sha256")!
        );
    }

    private static RegularFile Regular(JsonElement json, string name)
    {
        Known(json, name, "path", "size", "oid");
        return new RegularFile(Text(json, "path")!, json.GetProperty("size").GetInt64(), Text(json, "oid")!);
    }

    private static void Known(JsonElement json, string where, params ReadOnlySpan<string> names)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw new FormatException($"{where}: '{property.Name}' is unknown to version {LockFile.Version}");
        }
    }

    // A value that another room finds wrong is a damaged lock file here.
    private static T Checked<T>(string name, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is Failure or ArgumentNullException)
        {
            throw new FormatException($"{name}: {exception.Message}", exception);
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static long? Number(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.GetInt64();

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? list.EnumerateArray() : default;

    private static string[] Texts(JsonElement json, string name) =>
        [.. Items(json, name).Select(item => item.GetString() ?? throw new FormatException($"{name} holds null"))];
}
