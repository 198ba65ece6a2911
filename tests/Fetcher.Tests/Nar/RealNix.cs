using System.Diagnostics;

namespace NixAiModels.Tests.Nar;

/// <summary>Nix' own answers, from the commands of the machine.</summary>
internal static class RealNix
{
    internal static string HashPath(string path) =>
        Run("nix", "--extra-experimental-features", "nix-command", "hash", "path", path);

    internal static string FixedPath(string name, string hexHash, bool recursive) =>
        recursive
            ? Run("nix-store", "--print-fixed-path", "--recursive", "sha256", hexHash, name)
            : Run("nix-store", "--print-fixed-path", "sha256", hexHash, name);

    /// <summary>Runs a command that must succeed and returns its output without the last newline.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, "'{0} {1}' must succeed", program, string.Join(' ', arguments));
        return output.TrimEnd('\n');
    }
}
