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
                "validation.validators: a command is empty",
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
                $"the program {Path.GetFileName(command[0])} does not start (error {error.NativeErrorCode})",
                "The check was not made.",
                "Check mkValidator's command: it must be an executable file in the store."
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
        var said = output[0].Result.Trim().Length > 0 ? output[0].Result : output[1].Result;
        findings.Add(
            Severity.Suspicious,
            string.Empty,
            null,
            $"the program refuses the model (exit {process.ExitCode}){(said.Trim().Length > 0 ? ": " + Printable.Escape(said.Trim()) : string.Empty)}",
            "A validator of your own refuses it.",
            $"{Path.GetFileName(command[0])} says what it checks."
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
