using System.CommandLine;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models man NAME</c>: the manual page of one of the two names, for the package.</summary>
internal static class ManCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "nix-prefetch-hf or nix-ai-models." }.OneOf(
            CommandTree.Prefetch,
            CommandTree.Fetcher
        );
        var command = new Command("man", "Print a manual page: nix-ai-models man nix-prefetch-hf | man -l -") { name };
        command.SetAction(parsed =>
        {
            var of = parsed.GetRequiredValue(name);
            Console.Out.Write(ManPage.Of(of, CommandTree.Of(of)));
            return (int)ExitCode.Done;
        });
        return command;
    }
}
