using NixAiModels.Posix;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Posix;

public sealed class FileLockTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lock")]
    [InlineData("")]
    public async Task A_second_holder_of_a_file_or_folder_waits_for_the_first(string name)
    {
        var first = await FileLock.TakeAsync(_folder[name], Cancellation);
        var second = FileLock.TakeAsync(_folder[name], Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(0.2), Cancellation);
        second.IsCompleted.Should().BeFalse();

        first.Dispose();

        (await second.WaitAsync(Soon, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_file_that_its_holder_removed_is_made_again_by_whoever_waited()
    {
        var first = await FileLock.TakeAsync(_folder["lock"], Cancellation);
        var second = FileLock.TakeAsync(_folder["lock"], Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(0.2), Cancellation);

        File.Delete(_folder["lock"]);
        using var newcomer = await FileLock.TakeAsync(_folder["lock"], Cancellation);
        first.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(0.2), Cancellation);

        second.IsCompleted.Should().BeFalse("the file at the path is another's");
        newcomer.Dispose();
        (await second.WaitAsync(Soon, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_ends_by_itself_with_the_name_of_the_holder()
    {
        using var held = await FileLock.TakeAsync(_folder["lock"], Cancellation);
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(0.1));

        await FluentActions
            .Awaiting(() => FileLock.TakeAsync(_folder["lock"], impatient.Token))
            .Should()
            .ThrowAsync<OperationCanceledException>();
        var failure = await FluentActions
            .Awaiting(() => FileLock.TakeAsync(_folder["lock"], Cancellation, TimeSpan.FromSeconds(0.1)))
            .Should()
            .ThrowAsync<Failure>();

        failure.Which.Code.Should().Be(ExitCode.LocalIO);
        failure.Which.Message.Should().Contain($"process {Environment.ProcessId} (").And.Contain(_folder["lock"]);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_made_is_a_local_error()
    {
        var failure = await FluentActions
            .Awaiting(() => FileLock.TakeAsync(_folder["missing/lock"], Cancellation))
            .Should()
            .ThrowAsync<Failure>();

        failure.Which.Code.Should().Be(ExitCode.LocalIO);
    }
}
