using System.CommandLine;
using NixAiModels.Signing;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models sign</c>: write a signed manifest of a model's files.</summary>
internal static class SignCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A model's folder." };
        var keyFile = new Option<string>("--key-file")
        {
            Description = "A secret key as nix key generate-secret writes it.",
            Required = true,
        };
        var output = new Option<string?>("-o", "--output")
        {
            Description = $"Where to write the manifest; PATH/{SignedManifest.FileName} unless given.",
        };
        var command = new Command("sign", "Sign path, size and sha256 of every file of a model.")
        {
            path,
            keyFile,
            output,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(path);
                using var key = SecretKey.Parse(ReadText(parsed.GetRequiredValue(keyFile)));
                var manifest = SignedManifest.Sign(ModelFiles.ToSign(folder, cancellation), key);
                var target = parsed.GetValue(output) ?? Path.Combine(folder, SignedManifest.FileName);
                try
                {
                    using var file = File.Create(target);
                    manifest.WriteJson(file);
                }
                catch (Exception error) when (LocalFailure.Matches(error))
                {
                    throw LocalFailure.Of(error, target);
                }

                Console.Out.WriteLine(key.Public);
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    /// <summary>Reads a file that the user named.</summary>
    internal static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (LocalFailure.Matches(error))
        {
            throw LocalFailure.Of(error, path);
        }
    }
}
