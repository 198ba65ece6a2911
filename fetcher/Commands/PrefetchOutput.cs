using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>Pins and listings as <c>nix-prefetch-hf</c> prints them.</summary>
internal static class PrefetchOutput
{
    /// <summary>The call of a fetcher that takes a pin, to be pasted.</summary>
    public static string NixCall(Pin pin)
    {
        var attributes = Source(pin);
        if (pin.Name is not null)
            attributes.Add(("name", NixText.StringLiteral(pin.Name)));
        attributes.Add(("hash", NixText.StringLiteral(pin.Hash.Sri)));
        return NixText.Call(pin.IsFlat ? "fetchHuggingFaceFile" : "fetchHuggingFace", attributes);
    }

    /// <summary>The entry of the modules' option <c>models</c>, to be pasted.</summary>
    /// <param name="pin">The pin of a folder.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="revision">The branch, tag or commit that was asked for.</param>
    public static string ModuleEntry(Pin pin, string name, string revision)
    {
        var source = Source(pin);
        if (revision != "main" && CommitId.TryParse(revision) is null)
            source.Add(("ref", NixText.StringLiteral(revision)));
        return NixText.Call(
                $"models.{NixText.AttributeName(name)} =",
                [
                    ("source.huggingface", NixText.Call("", source).Replace("\n", "\n  ", StringComparison.Ordinal)),
                    ("hash", NixText.StringLiteral(pin.Hash.Sri)),
                ]
            ) + ";";
    }

    /// <summary>Where the files of a pin come from: the arguments that the fetchers and the modules share.</summary>
    private static List<(string Name, string Value)> Source(Pin pin)
    {
        var repository = pin.Snapshot.Repository;
        var attributes = new List<(string, string)> { ("repo", NixText.StringLiteral(repository.ToString())) };
        if (repository.Type != RepositoryType.Model)
            attributes.Add(("repoType", NixText.StringLiteral(repository.TypeWord)));
        attributes.Add(("rev", NixText.StringLiteral(pin.Snapshot.Commit.ToString())));
        if (pin.IsFlat)
        {
            attributes.Add(("file", NixText.StringLiteral(pin.Snapshot.Files[0].Path)));
        }
        else
        {
            attributes.AddRange(
                pin.Selection.Lists.Where(list => list.Patterns.Count > 0)
                    .Select(list => (list.Word, NixText.ListLiteral(list.Patterns)))
            );
        }

        if (pin.Endpoint is not null)
            attributes.Add(("endpoint", NixText.StringLiteral(pin.Endpoint)));
        return attributes;
    }

    /// <summary>The call that builds an entry of a lock file, to be pasted.</summary>
    public static string NixCall(string name, string lockFile) =>
        NixText.Call(
            "fetchModel",
            [("name", NixText.StringLiteral(name)), ("lockFile", NixText.PathLiteral(lockFile))]
        );

    /// <summary>The entry of the modules' option <c>models</c> for an entry of a lock file, to be pasted.</summary>
    public static string ModuleEntry(string name, string lockFile) =>
        $"models.{NixText.AttributeName(name)}.lockFile = {NixText.PathLiteral(lockFile)};";

    /// <summary>The files of a listing with their sizes, and the sums.</summary>
    public static void PrintTable(Listing listing)
    {
        var output = Console.Out;
        var snapshot = listing.Snapshot;
        output.WriteLine(
            $"{snapshot.Repository} at {snapshot.Commit}"
                + $"{(listing.IsGated ? ", gated" : "")}{(listing.IsPrivate ? ", private" : "")}"
        );
        output.WriteLine();
        foreach (var file in snapshot.Files)
        {
            var storage = file.IsLfs ? "LFS" : "   ";
            output.WriteLine($"{Amounts.Size(file.Size).PadLeft(10)}  {storage}  {Printable.Escape(file.Path)}");
        }

        output.WriteLine();
        var large = snapshot.Files.Where(file => file.IsLfs).ToArray();
        output.WriteLine(
            $"{Amounts.Count(snapshot.Files.Count, "file")}, {Amounts.Size(snapshot.Size)}; "
                + $"{large.Length} in LFS, {Amounts.Size(large.Sum(file => file.Size))}"
        );
    }
}
