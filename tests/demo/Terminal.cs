using System.Diagnostics;

namespace NixAiModels.Demo;

/// <summary>Commands shown, run, and shown to have worked.</summary>
internal static class Terminal
{
    public static void Heading(string text) => Console.WriteLine($"\n── {text}");

    public static void Say(string text) => Console.WriteLine(Indent(text));

    /// <summary>Runs a command in a folder, prints what it prints, and returns its standard output.</summary>
    public static string Run(string folder, IDictionary<string, string> environment, params string[] command)
    {
        Console.WriteLine($"   $ {string.Join(' ', command.Select(word => Path.IsPathRooted(word) ? Path.GetRelativePath(folder, word) is var near && near.StartsWith("..", StringComparison.Ordinal) ? word : near : word.Replace("\n", "\\n", StringComparison.Ordinal)))}");
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) Say(text);
        };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Say(output);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} ended with exit code {process.ExitCode}");
        return output;
    }

    private static string Indent(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => "   " + line));
}
