using System.Diagnostics;
using System.Globalization;

namespace NixAiModels.Bench;

/// <summary>What one run of a command cost.</summary>
/// <param name="Wall">Seconds from start to end.</param>
/// <param name="User">Seconds of processor time in the program.</param>
/// <param name="System">Seconds of processor time in the kernel.</param>
/// <param name="Peak">The largest resident set, MiB.</param>
internal readonly record struct Cost(double Wall, double User, double System, double Peak)
{
    /// <summary>Seconds of processor time, user and system.</summary>
    public double Cpu => User + System;
}

internal static class Shell
{
    public static void Run(string program, IEnumerable<string> arguments) => Output(program, arguments);

    /// <summary>Runs a command, which must succeed, and returns its standard output.</summary>
    public static string Output(
        string program,
        IEnumerable<string> arguments,
        IDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result.Trim()
            : throw new InvalidOperationException($"{program}: {errors}");
    }

    /// <summary>Whether there is such a program.</summary>
    public static bool Has(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a command under GNU time.</summary>
    public static Cost Time(string folder, IEnumerable<string> command, IDictionary<string, string>? environment = null)
    {
        var report = Path.Combine(folder, "time");
        var start = new ProcessStartInfo("/usr/bin/time", ["-o", report, "-f", "%e %U %S %M", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {errors}{output.Result}");
        var figures = File.ReadAllText(report)
            .Split()
            .Where(word => word.Length > 0)
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture))
            .ToArray();
        return new Cost(figures[0], figures[1], figures[2], figures[3] / 1024);
    }
}
