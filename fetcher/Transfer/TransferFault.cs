using System.Net;

namespace NixAiModels.Transfer;

/// <summary>A wrong response that is worth a retry: too short, too long, another range than requested.</summary>
/// <param name="message">The error, as a phrase.</param>
/// <param name="code">The exit code if it persists: <see cref="ExitCode.Network"/> or
/// <see cref="ExitCode.Integrity"/>.</param>
public sealed class TransferFault(string message, ExitCode code = ExitCode.Network) : Exception(message)
{
    /// <summary>The exit code if it persists.</summary>
    public ExitCode Code => code;

    /// <summary>Whether the server refuses to send these bytes at all.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The status of the response, where that was wrong.</summary>
    public HttpStatusCode? Status { get; init; }
}
