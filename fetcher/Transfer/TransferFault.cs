namespace NixAiModels.Transfer;

/// <summary>A server's answer that is worth another try: too short, too long, not the range that was asked
/// for.</summary>
/// <param name="message">What was wrong with it, in half a sentence.</param>
/// <param name="code">The exit code if the server insists: <see cref="ExitCode.Network"/> or
/// <see cref="ExitCode.Integrity"/>.</param>
internal sealed class TransferFault(string message, ExitCode code = ExitCode.Network) : Exception(message)
{
    public ExitCode Code => code;
}
