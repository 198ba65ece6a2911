using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Store;

/// <summary>Reads from what Nix said why it failed.</summary>
internal static partial class NixError
{
    /// <summary>The failure of a command that has ended.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="said">What it said, or the end of it.</param>
    internal static Failure Of(int code, string said)
    {
        if (said.Contains("hash mismatch", StringComparison.Ordinal))
        {
            return new Failure(
                ExitCode.Integrity,
                $"the files are not those that the hash in the definition is of: {Last(said, "got:")}",
                "compare the revision and the hash in the definition; nix-prefetch-hf prints the pair"
            );
        }

        if (said.Contains("No space left on device", StringComparison.Ordinal))
        {
            return new Failure(
                ExitCode.LocalIO,
                $"the disk is full: {Last(said, "No space left")}",
                "free some space, e.g. nix-collect-garbage, and run the same command again"
            );
        }

        // A builder of ours has said what happened and what to do: its exit code tells the kind.
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
                $"Nix could not build it: {Last(said, "error:")}",
                $"nix log {builder.Groups["drv"].Value}"
            );
        }

        return new Failure(
            ExitCode.LocalIO,
            $"nix-store failed with exit code {code}: {said.Trim()}",
            "check that the Nix daemon runs and that the store has room: nix-store --query --hash /nix/store/*-glibc* | head -1"
        );
    }

    /// <summary>The line that says it: the builder's own error, which Nix repeats, else the last.</summary>
    private static string Last(string said, string mark)
    {
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.LastOrDefault(line =>
                line.Contains(mark, StringComparison.Ordinal) && !line.Contains("builder for", StringComparison.Ordinal)
            ) ?? lines[^1];
    }

    [GeneratedRegex(
        @"(?:builder for|Cannot build) '(?<drv>/[^']+\.drv)'.*?exit code (?<code>\d+)",
        RegexOptions.Singleline
    )]
    private static partial Regex Builder();
}
