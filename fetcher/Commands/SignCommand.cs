using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Signing;
using NixAiModels.Terminal;
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
        var repo = new Option<string?>("--repo")
        {
            Description = "The repository that the folder is of; a build refuses a signature for another, or for none.",
            HelpName = "ORG/NAME",
        };
        var output = new Option<string?>("-o", "--output")
        {
            Description = $"Where to write the manifest; PATH/{SignedManifest.FileName} unless given.",
        };
        var command = new Command("sign", "Sign a model: its repository, its files and its empty folders.")
        {
            path,
            repo,
            keyFile,
            output,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var folder = parsed.GetRequiredValue(path);
                using var key = SecretKey.Parse(ReadText(parsed.GetRequiredValue(keyFile)));
                var repository = AddressOf(parsed.GetValue(repo));
                if (repository.Length == 0)
                    Log.Warning("the signature names no repository, and fetchModel refuses it: add --repo ORG/NAME");
                var manifest = SignedManifest.Sign(ModelFiles.ToSign(folder, repository, cancellation), key);
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

    /// <summary>The address of a repository as people have it; empty where none is given.</summary>
    internal static string AddressOf(string? repo) =>
        repo is null ? string.Empty : RepositoryReference.Parse(repo).Repository.Address;

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
