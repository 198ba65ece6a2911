namespace NixAiModels.Validation;

/// <summary>Runs one check on many files in parallel.</summary>
internal static class EachFile
{
    // Structure is bound by the disk's latency, and some files must be read as a whole: more at a time would only take
    // memory.
    private const int MaxParallel = 4;

    /// <summary>Runs the check; a file that breaks its format's rules, or cannot be read, becomes a finding of that
    /// file.</summary>
    /// <param name="files">The files to look at.</param>
    /// <param name="format">The expected format, for the message: "safetensors file".</param>
    /// <param name="findings">Takes the findings.</param>
    /// <param name="check">The check of one file.</param>
    /// <param name="cancellation">Ends the sweep.</param>
    public static void Check(
        IEnumerable<ModelFile> files,
        string format,
        FindingList findings,
        Action<ModelFile> check,
        CancellationToken cancellation
    ) =>
        Parallel.ForEach(
            files,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Math.Min(MaxParallel, Environment.ProcessorCount),
            },
            file =>
            {
                try
                {
                    check(file);
                }
                catch (BrokenFileException error)
                {
                    findings.AddBroken(file, format, error);
                }
                catch (InvalidOperationException)
                {
                    // System.Text.Json on a string that escapes half a surrogate pair.
                    findings.AddBroken(file, format, new BrokenFileException(-1, "text is not valid Unicode"));
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    findings.AddBroken(file, format, new BrokenFileException(-1, "unreadable"));
                }
            }
        );
}
