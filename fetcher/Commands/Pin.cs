using System.Text;
using System.Text.Json;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>What <c>nix-prefetch-hf</c> found: everything that a definition needs.</summary>
internal sealed record Pin(
    Snapshot Snapshot,
    Selection Selection,
    NixHash Hash,
    string? Name,
    string? Endpoint,
    bool Flat,
    string? StorePath
)
{
    /// <summary>A call of the fetcher that can be pasted.</summary>
    public string ToNix()
    {
        var attributes = new List<(string, string)> { ("repo", NixText.StringLiteral(Snapshot.Repository.ToString())) };
        if (Snapshot.Repository.Type != RepositoryType.Model)
            attributes.Add(("repoType", NixText.StringLiteral(Snapshot.Repository.TypeWord)));
        attributes.Add(("rev", NixText.StringLiteral(Snapshot.Commit)));
        if (Flat)
            attributes.Add(("file", NixText.StringLiteral(Snapshot.Files[0].Path)));
        else
            AddPatterns(attributes);
        if (Name is not null)
            attributes.Add(("name", NixText.StringLiteral(Name)));
        if (Endpoint is not null)
            attributes.Add(("endpoint", NixText.StringLiteral(Endpoint)));
        attributes.Add(("hash", NixText.StringLiteral(Hash.Sri)));
        return NixText.Call(Flat ? "fetchHuggingFaceFile" : "fetchHuggingFace", attributes);
    }

    /// <summary>The same as one JSON object, for programs.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions
                {
                    Indented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
        {
            json.WriteStartObject();
            json.WriteString("repo", Snapshot.Repository.ToString());
            json.WriteString("repoType", Snapshot.Repository.TypeWord);
            json.WriteString("rev", Snapshot.Commit);
            json.WriteString("hash", Hash.Sri);
            if (Flat)
                json.WriteString("file", Snapshot.Files[0].Path);
            foreach (var (word, patterns) in Flat ? [] : Selection.Lists)
            {
                json.WriteStartArray(word);
                foreach (var pattern in patterns)
                    json.WriteStringValue(pattern);
                json.WriteEndArray();
            }

            if (Name is not null)
                json.WriteString("name", Name);
            if (Endpoint is not null)
                json.WriteString("endpoint", Endpoint);
            json.WriteNumber("files_count", Snapshot.Files.Count);
            json.WriteNumber("size", Snapshot.Size);
            if (StorePath is not null)
                json.WriteString("path", StorePath);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void AddPatterns(List<(string, string)> attributes)
    {
        foreach (var (word, patterns) in Selection.Lists)
        {
            if (patterns.Count > 0)
                attributes.Add((word, NixText.ListLiteral(patterns)));
        }
    }
}
