using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>Reads the Hub's JSON and checks what the types of <see cref="HubDocuments"/> cannot.</summary>
internal static class HubJson
{
    private const int Sha256Digits = 64;

    /// <summary>A revision's commit, who may read it, and its files.</summary>
    /// <param name="response">The response.</param>
    /// <param name="asked">The repository, as it was asked for.</param>
    public static Revision ParseRevision(HubResponse response, RepositoryId asked) =>
        Parse(
            response,
            HubDocuments.Default.RevisionDocument,
            revision => new Revision(Spelled(asked, revision.Id), CommitId.Parse(Lower(revision.Sha)))
            {
                IsGated = revision.Gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
                IsPrivate = revision.Private.ValueKind == JsonValueKind.True,
                Paths = revision.Siblings?.Select(sibling => sibling.Rfilename).ToArray(),
            }
        );

    /// <summary>A page of a tree.</summary>
    /// <returns>Its entries: path and type, and the file if it is one.</returns>
    public static IReadOnlyList<(string Path, string Type, HubFile? File)> ParseTree(HubResponse response) =>
        Parse(
            response,
            HubDocuments.Default.TreeEntryArray,
            entries => entries.Select(entry => (entry.Path, entry.Type, ToFile(entry))).ToArray()
        );

    /// <summary>The names of a repository's tags.</summary>
    public static IReadOnlyList<string> ParseTags(HubResponse response) =>
        Parse(response, HubDocuments.Default.RefsDocument, refs => Names(refs.Tags));

    /// <summary>The ids of commits.</summary>
    public static IReadOnlyList<CommitId> ParseCommits(HubResponse response) =>
        Parse(
            response,
            HubDocuments.Default.CommitEntryArray,
            commits => commits.Select(commit => CommitId.Parse(Lower(commit.Id))).ToArray()
        );

    /// <summary>The names of a repository's branches and tags.</summary>
    public static IReadOnlyList<string> ParseRefs(HubResponse response) =>
        Parse(
            response,
            HubDocuments.Default.RefsDocument,
            refs => (string[])[.. Names(refs.Branches), .. Names(refs.Tags)]
        );

    private static string[] Names(RefEntry[]? refs) => [.. (refs ?? []).Select(entry => entry.Name)];

    // Another repository's name is a rename: the clients of the Hub go on to use the name that they were given.
    private static RepositoryId Spelled(RepositoryId asked, string? id) =>
        string.Equals(id, asked.ToString(), StringComparison.OrdinalIgnoreCase)
            ? RepositoryId.Parse(id!, asked.Type)
            : asked;

    private static HubFile? ToFile(TreeEntry entry)
    {
        if (entry.Type != "file")
            return null;
        // Of the pointer where the content is in LFS.
        var blob = GitBlobId.Parse(Lower(entry.Oid));
        return entry.Lfs is { } lfs
            ? new HubFile(entry.Path, Size(lfs.Size), Sha256Digest.Parse(Lower(lfs.Oid))) { XetHash = XetHash(entry) }
            : new HubFile(entry.Path, Size(entry.Size), blob);
    }

    // A way that the file can be had by besides the plain one: what is odd about it is no error.
    private static string? XetHash(TreeEntry entry) =>
        entry.XetHash.ValueKind == JsonValueKind.String
        && entry.XetHash.GetString() is { } hash
        && LowerHex.Has(hash, Sha256Digits)
            ? hash
            : null;

    private static long Size(long? size) =>
        size is >= 0 and var bytes ? bytes : throw new FormatException("missing or negative size");

    private static string Lower(string? hex) => (hex ?? "").ToLower(CultureInfo.InvariantCulture);

    /// <summary>Reads a response's body, which is in memory.</summary>
    /// <param name="response">The response.</param>
    /// <param name="type">The document's type.</param>
    /// <param name="read">Makes the result, or throws <see cref="FormatException"/>.</param>
    /// <exception cref="HubFailure">The body is not such a document.</exception>
    public static TResult Parse<TDocument, TResult>(
        HubResponse response,
        JsonTypeInfo<TDocument> type,
        Func<TDocument, TResult> read
    )
    {
        try
        {
            // The body is in memory already: nothing blocks here.
            var document = JsonSerializer.Deserialize(response.Message.Content.ReadAsStream(), type);
            return document is null ? throw new FormatException("null") : read(document);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            var media = response.Message.Content.Headers.ContentType?.MediaType;
            var reason = media is null or "application/json" ? exception.Message : $"content type {media}";
            throw new HubFailure(
                HubFailureKind.InvalidResponse,
                $"invalid response from the hub ({Printable.Escape(reason)}): {response.DisplayUrl}",
                "check the endpoint and the proxy, then run the same command again",
                exception
            );
        }
    }
}
