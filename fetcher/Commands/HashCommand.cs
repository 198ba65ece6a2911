using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Nar;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models hash</c>: the NAR hash of a file or folder, what <c>nix hash path</c> prints, and of a
/// snapshot in a Hugging Face cache what it prints for the files that the links stand for.</summary>
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
        }.OneOf("sri", "hex", "base32");
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
                using var step = Heartbeat.Step("hashing");
                var hashed = parsed.GetRequiredValue(path);
                var follow = SnapshotLinks.In(hashed);
                if (follow is null && SnapshotLinks.Warning(hashed) is { } warning)
                    Log.Warning(warning);
                var hash = await NarHash.OfPathAsync(hashed, follow, cancellation);
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
