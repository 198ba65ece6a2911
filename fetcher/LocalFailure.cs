using System.Net.Sockets;
using System.Text.RegularExpressions;
using NixAiModels.Posix;

namespace NixAiModels;

/// <summary>Turns what the local file system refused into a failure with advice.</summary>
public static partial class LocalFailure
{
    /// <summary>Whether an exception is the local file system's.</summary>
    /// <param name="exception">What was thrown by a file operation.</param>
    public static bool Matches(Exception exception) =>
        exception
            is UnauthorizedAccessException
                or (IOException and not HttpIOException and { InnerException: not SocketException });

    /// <summary>The same where nobody at hand knows the file: .NET quotes its path in the message.</summary>
    /// <param name="exception">What was thrown.</param>
    public static Failure Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Of(exception, QuotedPath().Match(exception.Message) is { Success: true } match ? match.Value : "a file");
    }

    /// <summary>Turns an exception of a file operation into a failure with exit code 7.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="path">The file or folder that it was about.</param>
    public static Failure Of(Exception exception, string path) =>
        exception switch
        {
            IOException { HResult: var error }
                when error == ErrorNumber.NoSpace || error == ErrorNumber.QuotaExceeded => new Failure(
                ExitCode.LocalIO,
                $"the disk is full: {path}",
                "nix-collect-garbage   # or free space otherwise; then the same command again",
                exception
            ),
            IOException { HResult: ErrorNumber.ReadOnly } => new Failure(
                ExitCode.LocalIO,
                $"the file system is read-only: {path}",
                "choose a folder that can be written to",
                exception
            ),
            IOException { HResult: var error } when error == ErrorNumber.NameTooLong => new Failure(
                ExitCode.LocalIO,
                $"the name is too long for the file system: {path}",
                "choose a folder with a shorter path",
                exception
            ),
            IOException { HResult: ErrorNumber.FileTooLarge } => new Failure(
                ExitCode.LocalIO,
                $"the file is too large for the file system: {path}",
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
                $"no such file or folder: {path}",
                $"ls -ld '{Path.GetDirectoryName(path)}'",
                exception
            ),
            _ => new Failure(ExitCode.LocalIO, $"cannot read or write {path}: {exception.Message}", null, exception),
        };

    [GeneratedRegex("(?<=').+(?=')")]
    private static partial Regex QuotedPath();
}
