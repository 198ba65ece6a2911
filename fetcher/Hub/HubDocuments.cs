using System.Text.Json;
using System.Text.Json.Serialization;

namespace NixAiModels.Hub;

/// <summary>What <c>/api/…/revision/REV</c> answers.</summary>
/// <param name="Sha">The commit.</param>
[method: JsonConstructor]
internal readonly record struct RevisionDocument(string Sha)
{
    /// <summary><c>false</c>, "auto" or "manual".</summary>
    public JsonElement Gated { get; init; }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public JsonElement Private { get; init; }

    /// <summary>The repository's id, in the Hub's spelling.</summary>
    public string? Id { get; init; }

    /// <summary>Its files.</summary>
    public SiblingEntry[]? Siblings { get; init; }
}

/// <summary>A file of a revision.</summary>
/// <param name="Rfilename">Its path in the repository.</param>
[method: JsonConstructor]
internal readonly record struct SiblingEntry(string Rfilename);

/// <summary>An entry of <c>/api/…/tree/REV</c>; a file has an id and a size.</summary>
/// <param name="Type"><c>file</c>, <c>directory</c>, or a word of a later Hub.</param>
/// <param name="Path">The path in the repository.</param>
[method: JsonConstructor]
internal readonly record struct TreeEntry(string Type, string Path)
{
    public string? Oid { get; init; }

    public long? Size { get; init; }

    /// <summary>The content of a file in LFS, whose own id and size are those of the pointer.</summary>
    public LfsEntry? Lfs { get; init; }

    /// <summary>The hash by which Xet knows the content.</summary>
    public JsonElement XetHash { get; init; }
}

/// <summary>An object in LFS.</summary>
/// <param name="Oid">The sha256 of its content.</param>
/// <param name="Size">The size of its content in bytes.</param>
[method: JsonConstructor]
internal readonly record struct LfsEntry(string Oid, long Size);

/// <summary>A commit of <c>/api/…/commits/REV</c>.</summary>
/// <param name="Id">Its id.</param>
[method: JsonConstructor]
internal readonly record struct CommitEntry(string Id);

/// <summary>What <c>/api/…/refs</c> answers.</summary>
internal readonly record struct RefsDocument
{
    public RefEntry[]? Branches { get; init; }

    public RefEntry[]? Tags { get; init; }
}

/// <summary>A branch or a tag.</summary>
/// <param name="Name">Its short name.</param>
[method: JsonConstructor]
internal readonly record struct RefEntry(string Name);

/// <summary>How the Hub's JSON is read: unknown fields are ignored, missing ones are errors. The documents are structs
/// because a <c>null</c> in their place is then an error too.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(RevisionDocument))]
[JsonSerializable(typeof(TreeEntry[]))]
[JsonSerializable(typeof(CommitEntry[]))]
[JsonSerializable(typeof(RefsDocument))]
internal sealed partial class HubDocuments : JsonSerializerContext;
