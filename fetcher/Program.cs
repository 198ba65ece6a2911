using System.CommandLine;
using System.Runtime.InteropServices;
using NixAiModels;
using NixAiModels.Commands;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

StandardStreams.Open();

// The executable has two names; under the second it is the command that people run. The first argument has the name:
// the process's own path is the loader's where a dynamic loader starts it.
var calledAs = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
RootCommand root;
if (calledAs == "nix-prefetch-hf")
{
    root = PrefetchCommand.Configure(new RootCommand());
}
else
{
    root = new RootCommand(
        "Hugging Face models as Nix inputs: pinned, verified, scanned, shared. "
            + "People run nix-prefetch-hf; Nix runs the rest."
    )
    {
        PrefetchCommand.Configure(new Command("prefetch") { }),
        FetchCommand.Create(),
        FarmCommand.Create(),
        VerifyLockEntryCommand.Create(),
        ModelCommand.Create(),
        CacheCommand.Create(),
        LinksCommand.Create(),
        OllamaCommand.Create(),
        ExportCommand.Create(),
        ValidateCommand.Create(),
        SignCommand.Create(),
        VerifyCommand.Create(),
        LockSignCommand.Create(),
        SyncCommand.Create(),
        ImportCommand.Create(),
        LinkCommand.Create(),
        ListCommand.Create(),
        ScanCacheCommand.Create(),
        CleanCommand.Create(),
        HashCommand.Create(),
        CompletionCommand.Create(),
    };
}

var longestGoodbye = TimeSpan.FromSeconds(5);
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await using var heartbeat = Heartbeat.Start();
try
{
    var parsed = root.Parse(args);
    var code = await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
        interrupted.Token
    );
    return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code;
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
    Log.Line($"error: unexpected, please report it as a bug: {exception}");
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
