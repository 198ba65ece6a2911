using System.CommandLine;
using NixAiModels.Nar;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models hash</c>: the NAR hash of a file or folder, what <c>nix hash path</c> prints.</summary>
internal static class HashCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A file or a folder, such as a local copy of a model.",
        };
        var format = new Option<string>("--format")
        {
            Description = "sri: sha256-…=  (what hash = takes); hex; base32: Nix' own.",
            DefaultValueFactory = _ => "sri",
        };
        format.AcceptOnlyFromAmong("sri", "hex", "base32");
        var command = new Command(
            "hash",
            "Print the NAR hash of a file or folder: the hash of a fetchHuggingFace with the same files."
        )
        {
            path,
            format,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var hash = await NarHash.OfPathAsync(parsed.GetRequiredValue(path), cancellation);
                Console.Out.WriteLine(
                    parsed.GetRequiredValue(format) switch
                    {
                        "hex" => hash.Hex,
                        "base32" => hash.Base32,
                        _ => hash.Sri,
                    }
                );
                return (int)ExitCode.Done;
            }
        );
        return command;
    }
}
