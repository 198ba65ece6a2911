using System.CommandLine;
using System.Runtime.InteropServices;
using NixAiModels;
using NixAiModels.Commands;
using NixAiModels.Posix;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

StandardStreams.Open();
Log.Width = () => TerminalWidth.OfStandardError;

// The first argument has the name: the process's own path is the loader's where a dynamic loader starts it.
var name =
    Path.GetFileName(Environment.GetCommandLineArgs()[0]) == CommandTree.Prefetch
        ? CommandTree.Prefetch
        : CommandTree.Fetcher;

var longestGoodbye = TimeSpan.FromSeconds(5);
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await using var heartbeat = Heartbeat.Start();
try
{
    if (name == CommandTree.Fetcher && args is [WrappedProgram.Verb, var wrapper, .. var arguments])
        WrappedProgram.Read(wrapper).Become(arguments);
    return await CommandLine
        .Parse(CommandTree.Of(name), name, args)
        .InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            interrupted.Token
        );
}
catch (Exception exception) when (exception is Failure || LocalFailure.Matches(exception))
{
    // Whatever the disk refuses, and wherever: it is never a bug.
    var failure = exception as Failure ?? LocalFailure.Of(exception);
    Log.Error(failure);
    return (int)failure.Code;
}
catch (OperationCanceledException exception) when (interrupted.IsCancellationRequested)
{
    Log.Line(exception is InterruptedDownload ? exception.Message : "interrupted");
    return (int)ExitCode.Interrupted;
}
catch (Exception exception)
{
    Log.Error(new Failure(ExitCode.Unexpected, $"unexpected, please report it as a bug: {exception}"));
    return (int)ExitCode.Unexpected;
}

void Stop(PosixSignalContext signal)
{
    // A second Ctrl-C ends the process at once.
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
    // So does what cannot be cancelled: a file system that does not answer.
    _ = Task.Delay(longestGoodbye)
        .ContinueWith(_ => Environment.Exit((int)ExitCode.Interrupted), TaskScheduler.Default);
}
