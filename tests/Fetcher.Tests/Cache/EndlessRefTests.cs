namespace NixAiModels.Tests.Cache;

/// <summary>What another user has made too large is not read.</summary>
[Collection(ProcessMemory.Name)]
public sealed class EndlessRefTests : IDisposable
{
    private readonly SharedMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_ref_without_end_is_not_read()
    {
        _machine.Make($"{_machine.Folder}/refs");
        SharedMachine.Run("truncate", "-s", "1G", $"{_machine.Folder}/refs/main");
        SharedMachine.GiveToOther(_machine.Cache);
        var before = GC.GetTotalAllocatedBytes();

        (await SharedMachine.SyncAsync(_machine.Manifest())).Should().Be(ExitCode.LocalIO);

        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(100_000_000);
    }
}
