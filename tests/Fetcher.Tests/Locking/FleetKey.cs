using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Locking;

/// <summary>The key that a binary cache is signed with.</summary>
/// <param name="SecretFile">The file of the secret key.</param>
/// <param name="Public">The public key, for <c>trusted-public-keys</c>.</param>
internal sealed record FleetKey(string SecretFile, string Public)
{
    /// <summary>Makes a key.</summary>
    public static async Task<FleetKey> MakeAsync(string folder, string name)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["NIX_CONFIG"] = "experimental-features = nix-command",
        };
        var secret = await Executable.RunAsync("nix", ["key", "generate-secret", "--key-name", name], environment);
        var file = Path.Combine(folder, name);
        await File.WriteAllTextAsync(file, secret.Output, TestContext.Current.CancellationToken);
        var made = await Executable.RunAsync(
            "/bin/sh",
            ["-c", $"nix key convert-secret-to-public < '{file}'"],
            environment
        );
        made.ExitCode.Should().Be(0, made.Errors);
        return new FleetKey(file, made.Output.Trim());
    }
}
