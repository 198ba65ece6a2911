using System.ComponentModel;
using System.Diagnostics;

namespace NixAiModels.Validation.Checks;

/// <summary>A validator of the user's own (<c>mkValidator</c>): a program that gets the model's path as its last
/// argument and in <c>$src</c>; it accepts with exit 0 and refuses with any other, saying why on standard
/// error.</summary>
internal sealed class CommandValidator(IReadOnlyList<string> command, string root) : IValidator
{
    private const int LongestOutput = 64 * 1024;

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        if (command.Count == 0)
        {
            throw new Failure(
                ExitCode.Usage,
                "validation.validators: empty command",
                "mkValidator { name = …; command = \"${package}/bin/check\"; }"
            );
        }

        var model = Path.GetFullPath(root);
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), model])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["src"] = model;
        // A validator needs no token.
        start.Environment.Remove("HF_TOKEN");
        start.Environment.Remove("HUGGING_FACE_HUB_TOKEN");
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                $"{Path.GetFileName(command[0])} could not be started (error {error.NativeErrorCode})",
                "The check did not run.",
                "Set mkValidator's command to an executable file in the store."
            );
            return;
        }

        using var killing = cancellation.Register(() => Kill(process));
        process.StandardInput.Close();
        var output = new[] { ReadBoundedAsync(process.StandardError), ReadBoundedAsync(process.StandardOutput) };
        process.WaitForExit();
        Task.WaitAll(output, CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode == 0)
            return;
        var reason = output.Select(text => text.Result.Trim()).FirstOrDefault(text => text.Length > 0);
        findings.Add(
            Severity.Suspicious,
            string.Empty,
            null,
            $"the program refuses the model (exit {process.ExitCode})"
                + (reason is null ? string.Empty : ": " + Printable.Escape(reason)),
            "A custom validator refused the model.",
            $"See {Path.GetFileName(command[0])} for what it checks."
        );
    }

    // What is beyond the bound is read too, or the program would wait for ever to write it.
    private static async Task<string> ReadBoundedAsync(StreamReader reader)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer).ConfigureAwait(false) is var read and > 0)
        {
            if (kept.Length < LongestOutput)
                kept.Append(buffer, 0, read);
        }

        return kept.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
