using System.Text.Json;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Signing;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>Reads a lock file (docs/lock.md, docs/models.lock.schema.json) and refuses whatever is not in the
/// schema.</summary>
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
                $"invalid lock file {path}: it has git's conflict markers",
                "keep the entries of both sides, remove the markers, and run the command again"
            );
        }

        return OrInvalid(
            $"lock file {path}",
            () =>
            {
                using var document = JsonDocument.Parse(text, Strict);
                var root = new LockJson(document.RootElement, "");
                // Before the rest: another version has other properties.
                if (root.Required("version").Size() is not LockFile.Version and var version)
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"lock file {path} is of version {version}, not {LockFile.Version}",
                        "use the nix-ai-models that wrote it, or a newer one"
                    );
                }

                var models = root.Only("version", "models").Required("models");
                return new LockFile(
                    models
                        .Properties()
                        .ToDictionary(
                            model =>
                                StorePath.IsValidName(model.Name)
                                    ? model.Name
                                    : throw models.Error(
                                        $"'{model.Name}' cannot be a model's name: no store path can have it"
                                    ),
                            model => Entry(models.Required(model.Name))
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
        OrInvalid($"lock entry '{Printable.Escape(name)}'", () => Entry(new LockJson(entry, "")));

    private static T OrInvalid<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        // GetString throws the last where a string is not Unicode.
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            var why = exception switch
            {
                JsonException { LineNumber: { } line } => $"not JSON (line {line + 1})",
                JsonException => "an object has the same property twice",
                _ => Printable.Escape(exception.Message, 1000),
            };
            throw new Failure(
                ExitCode.Integrity,
                $"invalid {what}: {why}",
                "take it from version control (git checkout), or pin again: nix-prefetch-hf lock add ORG/NAME",
                exception
            );
        }
    }

    private static LockEntry Entry(LockJson json)
    {
        LockEntry entry = json.Optional("source") is null ? Repository(json) : Files(json);
        if (json.Optional("size") is { } size && json.Nullable("size")?.Size() != entry.Size)
        {
            var sum = entry.Size is { } bytes ? $"{bytes} bytes" : "an unknown number of bytes";
            throw size.Error($"is {size.Value}, but the files have {sum} together");
        }

        try
        {
            ListingCheck.Check(entry.Listing, "the lock file");
        }
        catch (Failure failure)
        {
            throw json.Error(failure.Message, failure);
        }

        return entry;
    }

    private static FileEntry Files(LockJson json)
    {
        json.Only("source", "ref", "rev", "frozen", "manifest", "size", "files", "signatures");
        var entry = new FileEntry
        {
            Source = json.Required("source").Text() is { Length: > 0 } word
                ? word
                : throw json.Error("source is empty"),
            Ref = json.Nullable("ref")?.Text(),
            Revision = json.Nullable("rev")?.Text(),
            Frozen = Frozen(json),
            Manifest = json.Nullable("manifest")?.Text(),
            Files = json.Items("files").Select(Pinned).ToArray() is [_, ..] files
                ? files
                : throw json.Error("pins no file"),
            Signatures = Signatures(json),
        };
        return (entry.Source == OllamaEntry.Source ? OllamaEntry.Objection(entry) : null) is { } objection
            ? throw json.Error(objection)
            : entry;
    }

    private static PinnedFile Pinned(LockJson json)
    {
        json.Only("path", "size", "sha256", "urls");
        return new PinnedFile(
            json.Required("path").Text(),
            json.Required("sha256").Parse(Sha256Digest.Parse),
            json.Nullable("size")?.Size(),
            json.Items("urls").Select(Address).ToArray() is [_, ..] urls ? urls : throw json.Error("has no address")
        );
    }

    /// <summary>An address is in a derivation, which everybody can read.</summary>
    private static string Address(LockJson json) =>
        json.Parse(text =>
            KnownSources.HasCredential(text) ? throw new FormatException("the address holds a credential") : text
        );

    private static RepositoryEntry Repository(LockJson json)
    {
        json.Only(
            "repo",
            "repoType",
            "ref",
            "rev",
            "frozen",
            "endpoint",
            "files",
            "include",
            "exclude",
            "quant",
            "mmproj",
            "size",
            "lfs",
            "regular",
            "signatures"
        );
        var regular = json.Optional("regular")?.Only("hash", "files");
        var type = json.Nullable("repoType")?.Text();
        var entry = new RepositoryEntry
        {
            Repository = json.Required("repo").Parse(repository => RepositoryId.Parse(repository, type)),
            Commit = json.Required("rev").Parse(CommitId.Parse),
            Ref = json.Nullable("ref")?.Text(),
            Frozen = Frozen(json),
            Endpoint = json.Nullable("endpoint")?.Text(),
            Selection = new Selection(Texts(json, "files"), Texts(json, "include"), Texts(json, "exclude"))
            {
                Quant = json.Nullable("quant")?.Text(),
                Mmproj = json.Nullable("mmproj")?.Text(),
            },
            Lfs = [.. json.Items("lfs").Select(Lfs)],
            RegularHash = regular?.Required("hash").Parse(NixHash.Parse),
            Regular = [.. regular?.Items("files").Select(Regular) ?? []],
            Signatures = Signatures(json),
        };
        if (entry.Lfs.Count + entry.Regular.Count == 0)
            throw json.Error("pins no file");
        if (entry.RegularHash is not null && entry.Regular.Count == 0)
            throw json.Error("regular has a hash and no files");
        return entry;
    }

    private static bool Frozen(LockJson json) => json.Optional("frozen")?.Flag() ?? false;

    private static Signature[] Signatures(LockJson json) =>
        [.. Texts(json, "signatures").Select(text => new Signature(text))];

    private static LfsFile Lfs(LockJson json)
    {
        json.Only("path", "size", "sha256");
        return new LfsFile(
            json.Required("path").Text(),
            json.Nullable("size")?.Size(),
            json.Required("sha256").Parse(Sha256Digest.Parse)
        );
    }

    private static RegularFile Regular(LockJson json)
    {
        json.Only("path", "size", "oid");
        return new RegularFile(
            json.Required("path").Text(),
            json.Required("size").Size(),
            json.Required("oid").Parse(GitBlobId.Parse)
        );
    }

    private static string[] Texts(LockJson json, string name) => [.. json.Items(name).Select(item => item.Text())];
}
