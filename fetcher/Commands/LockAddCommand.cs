using System.CommandLine;
using NixAiModels.Locking;
using NixAiModels.Sources.Oci;
using NixAiModels.Terminal;
using static NixAiModels.Commands.RepositoryOptions;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock add</c>: pin a model, or pin it again.</summary>
internal static class LockAddCommand
{
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The entry's name. Default: the repository's, without its namespace.",
        HelpName = "NAME",
    };
    private static readonly Option<string> Format = new Option<string>("--format")
    {
        Description =
            "A call of fetchModel (the default), an entry of services.ai-models or programs.ai-models, or "
            + "the entry's JSON.",
        DefaultValueFactory = _ => "nix",
    }.OneOf("nix", "module", "json");

    public static Command Create()
    {
        var command = new Command("add", "Pin a model: a new entry, or a new commit of one with this name.");
        RepositoryOptions.AddTo(command);
        command.Options.Add(Name);
        command.Options.Add(Format);
        HubAccess.AddDownloadsTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var path = LockCommand.PathOf(parsed);
        var (name, entry) = await PinAsync(parsed, path, cancellation);
        Console.Out.WriteLine(
            parsed.GetRequiredValue(Format) switch
            {
                "json" => LockWriter.Write(entry),
                "module" => PrefetchOutput.ModuleEntry(name, path),
                _ => PrefetchOutput.NixCall(name, path),
            }
        );
        return (int)ExitCode.Done;
    }

    private static async Task<(string Name, LockEntry Entry)> PinAsync(
        ParseResult parsed,
        string path,
        CancellationToken cancellation
    )
    {
        var named = parsed.GetValue(Name);
        if (parsed.GetValue(Repo) is [var word] && OllamaName.Matches(word))
        {
            var model = OllamaName.Parse(word);
            parsed.RefuseWith($"{model}", OllamaOutput.OfRepositories);
            Log.IsQuiet = parsed.GetValue(HubAccess.Quiet);
            return await LockPin.RunAsync(path, named, model, parsed.GetValue(HubAccess.Endpoint), cancellation);
        }

        if (AddressArguments.Of(parsed) is { } addresses)
            return await LockPin.RunAsync(path, named, addresses, HubAccess.FilesOf(parsed), cancellation);
        var reference = ReferenceOf(parsed);
        if (parsed.GetValue(Files)?.FirstOrDefault(IsLockFile) is { } file)
        {
            throw new Failure(
                ExitCode.Usage,
                $"--file selects files of the repository, and '{Printable.Escape(file)}' looks like a lock file",
                $"--lock-file {file}"
            );
        }

        return await LockPin.RunAsync(
            path,
            named,
            new PinRequest(
                reference.Repository,
                RevisionOf(parsed, reference),
                SelectionOf(parsed, reference),
                EndpointOf(parsed, reference)
            ),
            endpoint => HubAccess.Open(parsed, endpoint, findType: parsed.GetValue(RepoType) is null),
            cancellation
        );
    }

    private static bool IsLockFile(string file) => file.EndsWith(".lock.json", StringComparison.Ordinal);
}
