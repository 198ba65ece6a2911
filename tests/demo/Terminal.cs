using System.Diagnostics;

namespace NixAiModels.Demo;

/// <summary>Commands shown, run, and shown to have worked.</summary>
internal static class Terminal
{
    public static void Heading(string text) => Console.WriteLine($"\n── {text}");

    public static void Say(string text) => Console.WriteLine(Indent(text));

    /// <summary>Runs a command in a folder, from which the paths that it shows begin, prints what it prints, and
    /// returns its standard output.</summary>
    public static string Run(string folder, params string[] command)
    {
        Console.WriteLine(
            $"   $ {string.Join(' ', command).Replace(folder + "/", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}"
        );
        var output = Quietly(folder, command);
        Say(output);
        return output;
    }

    /// <summary>Runs a command without showing what it puts out; what it says on standard error is shown.</summary>
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
