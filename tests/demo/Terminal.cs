using System.Diagnostics;

namespace NixAiModels.Demo;

/// <summary>Shows commands, runs them and shows their output.</summary>
internal static class Terminal
{
    public static void Heading(string text) => Console.WriteLine($"\n── {text}");

    public static void Say(string text) => Console.WriteLine(Indent(text));

    /// <summary>Shows a command, with paths relative to the folder, runs it there, shows its output and returns its
    /// standard output.</summary>
    public static string Run(string folder, params string[] command)
    {
        var shown = string.Join(' ', command)
            .Replace(folder + "/", "", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        Console.WriteLine($"   $ {shown}");
        var output = Quietly(folder, command);
        Say(output);
        return output;
    }

    /// <summary>Runs a command and returns its standard output; only its standard error is shown.</summary>
    public static string Quietly(string folder, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
                Say(text);
        };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return output;
        Say(output);
        throw new InvalidOperationException($"{command[0]} ended with exit code {process.ExitCode}");
    }

    private static string Indent(string text) =>
        string.Join('\n', text.TrimEnd().Split('\n').Select(line => "   " + line));
}
