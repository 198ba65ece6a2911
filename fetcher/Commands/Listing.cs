using System.Text.Json;
using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>What <c>--dry-run</c> prints: the files that would be taken.</summary>
internal static class Listing
{
    public static async Task PrintAsync(
        HubClient hub,
        RepositoryId repository,
        string revision,
        Selection selection,
        bool json,
        CancellationToken cancellation
    )
    {
        var facts = await hub.ResolveRevisionAsync(repository, revision, cancellation);
        var snapshot = await Snapshot.ResolveAsync(hub, repository, facts.Commit, selection, cancellation);
        if (json)
            PrintJson(snapshot, facts);
        else
            PrintTable(snapshot, facts);
    }

    private static void PrintTable(Snapshot snapshot, Revision facts)
    {
        var output = Console.Out;
        output.WriteLine(
            $"{snapshot.Repository} at {snapshot.Commit}{(facts.IsGated ? ", gated" : "")}{(facts.IsPrivate ? ", private" : "")}"
        );
        output.WriteLine();
        foreach (var file in snapshot.Files)
        {
            output.WriteLine(
                $"{Amounts.Size(file.Size).PadLeft(10)}  {(file.Sha256 is null ? "   " : "LFS")}  {Printable.Escape(file.Path)}"
            );
        }

        output.WriteLine();
        var large = snapshot.Files.Where(file => file.Sha256 is not null).ToArray();
        output.WriteLine(
            $"{Amounts.Count(snapshot.Files.Count, "file")}, {Amounts.Size(snapshot.Size)}; "
                + $"{large.Length} in LFS, {Amounts.Size(large.Sum(file => file.Size))}"
        );
    }

    private static void PrintJson(Snapshot snapshot, Revision facts)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("repo", snapshot.Repository.ToString());
            json.WriteString("repoType", snapshot.Repository.TypeWord);
            json.WriteString("rev", snapshot.Commit);
            json.WriteBoolean("gated", facts.IsGated);
            json.WriteBoolean("private", facts.IsPrivate);
            json.WriteNumber("size", snapshot.Size);
            json.WriteStartArray("files");
            foreach (var file in snapshot.Files)
            {
                json.WriteStartObject();
                json.WriteString("path", file.Path);
                json.WriteNumber("size", file.Size);
                json.WriteBoolean("lfs", file.Sha256 is not null);
                json.WriteString(file.Sha256 is null ? "oid" : "sha256", file.Sha256 ?? file.Oid);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
