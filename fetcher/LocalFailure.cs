namespace NixAiModels;

/// <summary>Says what the local machine refused, and what to do about it.</summary>
public static class LocalFailure
{
    // Linux errno values: .NET hands them on as the exception's HResult.
    private const int NoSpace = 28,
        QuotaExceeded = 122,
        ReadOnly = 30,
        NameTooLong = 36,
        FileTooLarge = 27;

    /// <summary>Whether an exception is the local file system's.</summary>
    /// <param name="exception">What was thrown by a file operation.</param>
    public static bool Is(Exception exception) =>
        exception is UnauthorizedAccessException || (exception is IOException && exception is not HttpIOException);

    /// <summary>Turns an exception of a file operation into a failure with exit code 7.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="path">The file or folder that it was about.</param>
    public static Failure Of(Exception exception, string path) =>
        exception switch
        {
            IOException { HResult: NoSpace or QuotaExceeded } => new Failure(
                ExitCode.LocalIO,
                $"the disk is full: could not write {path}",
                "free some space, e.g. nix-collect-garbage, and run the same command again",
                exception
            ),
            IOException { HResult: ReadOnly } => new Failure(
                ExitCode.LocalIO,
                $"the file system is read-only: could not write {path}",
                "choose a folder that can be written to",
                exception
            ),
            IOException { HResult: NameTooLong } => new Failure(
                ExitCode.LocalIO,
                $"the file system does not take a name this long: {path}",
                "choose a folder with a shorter path",
                exception
            ),
            IOException { HResult: FileTooLarge } => new Failure(
                ExitCode.LocalIO,
                $"the file system does not take a file this large: {path}",
                "choose a folder on another file system",
                exception
            ),
            UnauthorizedAccessException => new Failure(
                ExitCode.LocalIO,
                $"permission denied: {path}",
                $"ls -ld '{path}' '{Path.GetDirectoryName(path)}'",
                exception
            ),
            FileNotFoundException or DirectoryNotFoundException => new Failure(
                ExitCode.LocalIO,
                $"there is no {path}",
                "check the path",
                exception
            ),
            _ => new Failure(ExitCode.LocalIO, $"could not read or write {path}: {exception.Message}", null, exception),
        };
}
