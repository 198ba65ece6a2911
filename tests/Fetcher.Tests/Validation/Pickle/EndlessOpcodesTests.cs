namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Pickles that push values without end.</summary>
[Collection(ProcessMemory.Name)]
public sealed class EndlessOpcodesTests
{
    [Theory]
    [InlineData("(")]
    [InlineData("]")]
    [InlineData("N2")]
    [InlineData("]\x94")]
    public void Endless_opcodes_stay_within_bounds(string opcodes)
    {
        var bytes = new byte[24 << 20];
        for (var index = 0; index < bytes.Length; index++)
            bytes[index] = (byte)opcodes[index % opcodes.Length];
        bytes[0] = 0x80;
        bytes[1] = 4;
        var before = GC.GetTotalMemory(true);

        NoCrashTests.Ends(bytes, "m.pkl");

        (GC.GetTotalMemory(false) - before).Should().BeLessThan(480 << 20);
    }
}
