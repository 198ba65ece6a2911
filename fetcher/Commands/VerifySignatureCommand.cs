using System.CommandLine;
using NixAiModels.Signing;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models verify-signature</c>: check that a trusted key signed exactly a model's files.</summary>
internal static class VerifySignatureCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A model's folder." };
        var keys = new Option<string[]>("--trusted-public-keys")
        {
            Description = "Public keys (name:base64), one of which must have signed.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var manifest = new Option<string?>("--manifest") { Description = $"The manifest; PATH/{SignedManifest.FileName} unless given." };
        var command = new Command("verify-signature", "Check that a trusted key signed exactly these files. Exit 8 if none did.") { path, keys, manifest };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(path);
            var file = parsed.GetValue(manifest) ?? Path.Combine(folder, SignedManifest.FileName);
            var trusted = parsed.GetRequiredValue(keys).Select(PublicKey.Parse).ToList();
            byte[] bytes;
            try
            {
                bytes = File.ReadAllBytes(file);
            }
            catch (Exception error) when (LocalFailure.Is(error))
            {
                throw LocalFailure.Of(error, file);
            }

            try
            {
                SignedManifest.Read(bytes).Verify(trusted, ModelFiles.ToSign(folder, cancellation));
            }
            catch (Failure failure) when (failure.Code == ExitCode.Validation)
            {
                throw new Failure(failure.Code, $"{file} {failure.Message}", failure.Next, failure);
            }

            System.Console.Out.WriteLine("signed");
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }
}
