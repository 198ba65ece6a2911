using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>What <c>nix-prefetch-hf</c> prints for people.</summary>
internal static class PrefetchOutput
{
    /// <summary>The call of a fetcher that takes a pin, to be pasted.</summary>
    public static string NixCall(Pin pin)
    {
        var snapshot = pin.Snapshot;
        var attributes = new List<(string, string)> { ("repo", NixText.StringLiteral(snapshot.Repository.ToString())) };
        if (snapshot.Repository.Type != RepositoryType.Model)
            attributes.Add(("repoType", NixText.StringLiteral(snapshot.Repository.TypeWord)));
        attributes.Add(("rev", NixText.StringLiteral(snapshot.Commit.ToString())));
        if (pin.IsFlat)
        {
            attributes.Add(("file", NixText.StringLiteral(snapshot.Files[0].Path)));
        }
        else
        {
            attributes.AddRange(
                pin.Selection.Lists.Where(list => list.Patterns.Count > 0)
                    .Select(list => (list.Word, NixText.ListLiteral(list.Patterns)))
            );
        }

        if (pin.Name is not null)
            attributes.Add(("name", NixText.StringLiteral(pin.Name)));
        if (pin.Endpoint is not null)
            attributes.Add(("endpoint", NixText.StringLiteral(pin.Endpoint)));
        attributes.Add(("hash", NixText.StringLiteral(pin.Hash.Sri)));
        return NixText.Call(pin.IsFlat ? "fetchHuggingFaceFile" : "fetchHuggingFace", attributes);
    }

    /// <summary>The call that builds an entry of a lock file, to be pasted.</summary>
    public static string NixCall(string name, string lockFile) =>
        NixText.Call(
            "fetchModel",
            [("name", NixText.StringLiteral(name)), ("lockFile", NixText.PathLiteral(lockFile))]
        );

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
