using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Store;

/// <summary>Turns the output of a failed Nix command into a failure.</summary>
internal static partial class NixError
{
    /// <summary>The failure of a command that has ended.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="said">Its standard error, or the end of that.</param>
    internal static Failure Of(int code, string said)
    {
        if (said.Contains("hash mismatch", StringComparison.Ordinal))
        {
            return new BuildMismatch(Last(said, "got:"));
        }

        if (said.Contains("No space left on device", StringComparison.Ordinal))
        {
            return new Failure(
                ExitCode.LocalIO,
                $"the disk is full: {Last(said, "No space left")}",
                "nix-collect-garbage   # or free space otherwise; then the same command again"
            );
        }

        // A builder of ours has logged the error and its remedy: its exit code is ours.
        if (
            Builder().Match(said) is { Success: true } builder
            && int.Parse(builder.Groups["code"].ValueSpan, CultureInfo.InvariantCulture)
                is >= (int)ExitCode.Usage
                    and <= (int)ExitCode.Validation
                    and var ours
        )
        {
            return new Failure(
                (ExitCode)ours,
                $"the build failed: {Reason(said)}",
                $"nix log {builder.Groups["drv"].Value}"
            );
        }

        return new Failure(
            ExitCode.LocalIO,
            $"nix-store failed with exit code {code}: {said.Trim()}",
            "df -h /nix/store; nix-store --add /etc/hostname   # is there room, and may you add to the store?"
        );
    }

    /// <summary>The builder's own error and the lines that belong to it, which are indented; Nix repeats them after
    /// <c>&gt;</c>.</summary>
    private static string Reason(string said)
    {
        var lines = said.Split('\n').Select(line => Quoted().Replace(line, string.Empty)).ToList();
        var start = lines.FindLastIndex(line => line.StartsWith("error:", StringComparison.Ordinal) && !IsNix(line));
        if (start < 0)
            return Last(said, "error:");
        var rest = lines.Skip(start + 1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal));
        return string.Join('\n', rest.Prepend(lines[start]["error:".Length..].Trim()));
    }

    private static bool IsNix(string line) =>
        line.Contains("builder for", StringComparison.Ordinal)
        || line.Contains("Cannot build", StringComparison.Ordinal);

    /// <summary>The line with the cause: the builder's own error, which Nix repeats, else the last line.</summary>
    private static string Last(string said, string mark)
    {
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.LastOrDefault(line =>
                line.Contains(mark, StringComparison.Ordinal) && !line.Contains("builder for", StringComparison.Ordinal)
            ) ?? lines[^1];
    }

    [GeneratedRegex(@"\A\s*> ", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"(?:builder for|Cannot build) '(?<drv>/[^']+\.drv)'.*?exit code (?<code>\d+)",
        RegexOptions.Singleline
    )]
    private static partial Regex Builder();
}
