using NixAiModels.Sync;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Sync;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void First_runs_at_once_all_open_it()
    {
        const int runs = 8;
        using var start = new Barrier(runs);
        for (var round = 0; round < 100; round++)
        {
            var path = Path.Combine(_folder.Root, $"{round}/state");
            var threads = Enumerable
                .Range(0, runs)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait(TestContext.Current.CancellationToken);
                            StateDirectory.Open(path, dryRun: false)!.Dispose();
                        },
                        TestContext.Current.CancellationToken,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
                .ToArray();
            FluentActions.Invoking(() => Task.WaitAll(threads)).Should().NotThrow();
        }
    }
}
