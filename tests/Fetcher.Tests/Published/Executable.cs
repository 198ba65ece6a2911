using System.Diagnostics;

namespace NixAiModels.Tests.Published;

/// <summary>What a run of the published executable ended with.</summary>
public sealed record Outcome(int ExitCode, string Output, string Errors);

/// <summary>The executable as <c>make build</c> leaves it, run as users run it.</summary>
public static class Executable
{
    /// <summary>The repository's top folder.</summary>
    public static string Root { get; } = FindRoot();

    public static string Fetcher => Path.Combine(Root, "artifacts", "bin", "nix-ai-models");

    public static string Prefetch => Path.Combine(Root, "artifacts", "bin", "nix-prefetch-hf");

    /// <summary>Runs a program to its end with an environment that holds nothing of this machine's user but
    /// PATH.</summary>
    public static async Task<Outcome> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null
    )
    {
        using var process = Start(program, arguments, environment, folder);
        return await FinishAsync(process);
    }

    /// <summary>Starts a program; see <see cref="RunAsync"/>.</summary>
    public static Process Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Root,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Outcome> FinishAsync(Process process)
    {
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    /// <summary>Writes a shell script that can be run at once. A child writes it: this process forks all the time, a
    /// fork in the middle of our own write would hold the file open, and running it would fail ("text file
    /// busy").</summary>
    public static void WriteScript(string path, string text)
    {
        using var process = Start("/bin/sh", ["-c", "cat >\"$0\" && chmod 755 \"$0\"", path]);
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "nix-ai-models.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
