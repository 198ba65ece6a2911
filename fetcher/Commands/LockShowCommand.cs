using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock show</c>: the entries, for people or as JSON.</summary>
internal static class LockShowCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print the entries as they are." };

    public static Command Create()
    {
        var command = new Command("show", "Show entries: repository, commit, size, what holds for them.")
        {
            LockCommand.Names,
            Json,
        };
        command.SetAction(parsed =>
        {
            var path = LockCommand.PathOf(parsed);
            var file = LockFile.Read(path);
            var names = file.Names(parsed.GetValue(LockCommand.Names) ?? [], path);
            var shown = new LockFile(names.ToDictionary(name => name, name => file.Models[name]));
            if (parsed.GetValue(Json))
                Console.Out.Write(LockWriter.Write(shown));
            else
                Print(shown);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void Print(LockFile file)
    {
        var output = Console.Out;
        foreach (var (name, entry) in file.Models)
        {
            output.WriteLine($"{name}: {Printable.Escape(What(entry), int.MaxValue)}");
            var size = entry.Size is { } bytes ? Amounts.Size(bytes) : "unknown size";
            string[] facts =
            [
                Amounts.Count(entry.Listing.Count, "file"),
                size,
                .. entry.Frozen ? ["frozen"] : Array.Empty<string>(),
                .. entry.Signatures.Select(signature => $"signed by {Printable.Escape(signature.KeyName)}"),
            ];
            output.WriteLine($"  {string.Join(", ", facts)}");
        }
    }

    private static string What(LockEntry entry)
    {
        if (entry is FileEntry { Revision: { } revision })
            return $"{entry.Origin} {revision}";
        if (entry is not RepositoryEntry repository)
            return entry.Origin;
        var from = repository.Ref is null ? "" : $" {repository.Ref}";
        return $"{repository.Repository.Address}{from} {repository.Commit}";
    }
}
