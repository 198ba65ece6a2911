using System.ComponentModel;
using System.Diagnostics;

namespace NixAiModels.Store;

/// <summary>The Nix that is installed on this machine, asked through its own commands.</summary>
public static class NixCommand
{
    /// <summary>Adds a file or folder to the store as the output of a fixed-output derivation with its name.</summary>
    /// <remarks><c>nix-store --add-fixed</c> streams; <c>nix store add-path</c> holds the whole NAR in memory on older Nix.</remarks>
    /// <param name="path">The file or folder; its own name becomes the name in the store.</param>
    /// <param name="recursive">Whether it is hashed as a NAR, not as the content of one file.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The store path.</returns>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public static Task<string> AddFixed(string path, bool recursive, CancellationToken cancellation) =>
        Run("nix-store", [.. recursive ? (string[])["--add-fixed", "--recursive"] : ["--add-fixed"], "sha256", path], cancellation);

    /// <summary>Makes a link that keeps a store path from being collected.</summary>
    /// <param name="storePath">The store path.</param>
    /// <param name="link">Where to put the link.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: Nix refused.</exception>
    public static Task AddRoot(string storePath, string link, CancellationToken cancellation) =>
        Run("nix-store", ["--realise", storePath, "--add-root", Path.GetFullPath(link), "--indirect"], cancellation);

    /// <summary>Whether Nix is on this machine.</summary>
    public static bool IsInstalled => Find("nix-store") is not null;

    /// <summary>Finds a program on PATH.</summary>
    /// <param name="program">Its name.</param>
    /// <returns>Its path, or <see langword="null"/>.</returns>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Nix needs no token, and what a child does not know it cannot show.</summary>
    internal static void HideSecrets(ProcessStartInfo start)
    {
        foreach (var secret in (string[])["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) start.Environment.Remove(secret);
    }

    private static async Task<string> Run(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        HideSecrets(process.StartInfo);
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new Failure(ExitCode.LocalIO, $"could not run {program}: is Nix installed? ({exception.Message})",
                "run the command again with --no-store, which needs no Nix", exception);
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0) return (await output).Trim();
            throw new Failure(ExitCode.LocalIO, $"{program} failed with exit code {process.ExitCode}: {(await errors).Trim()}",
                "check that the Nix daemon runs and that the store has room: nix-store --query --hash /nix/store/*-glibc* | head -1");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
