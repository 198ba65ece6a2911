using System.Diagnostics;
using CsCheck;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Whatever bytes come, a scan ends, soon, with findings and not with an exception.</summary>
public sealed class NoCrashTests
{
    private static readonly string[] FileNames = ["m.pkl", "m.bin", "m.pt", "m.joblib", "a.npy", "t.txt"];

    // Opcodes are far likelier than in random bytes, so that streams run on.
    private static readonly byte[] Opcodes =
    [
        .. Enum.GetValues<Opcode>().Select(opcode => (byte)opcode),
        .. "os\nsystem\n0123456789"u8,
    ];

    private static readonly List<byte[]> Seeds =
    [
        .. HostilePickles.All.Values,
        ZipAssembler.Torch().Add("archive/data/0", new byte[16]).Bytes(),
        .. HonestTests.Contents,
    ];

    [Fact]
    public void Random_opcodes() =>
        Gen.Select(
                Gen.OneOf(Gen.Byte, Gen.Int[0, Opcodes.Length - 1].Select(index => Opcodes[index])).Array[0, 200],
                Gen.Int[0, FileNames.Length - 1].Select(index => FileNames[index])
            )
            .Sample(Ends, iter: 20_000);

    [Fact]
    public void Mutations_of_real_files() =>
        Gen.Select(
                Gen.Int[0, Seeds.Count - 1],
                Gen.Select(Gen.Double.Unit, Gen.Byte).Array[1, 8],
                Gen.Int[0, FileNames.Length - 1].Select(index => FileNames[index])
            )
            .Sample(
                (seed, changes, name) =>
                {
                    var bytes = (byte[])Seeds[seed].Clone();
                    foreach (var (at, value) in changes)
                        bytes[(int)(at * (bytes.Length - 1))] = value;
                    Ends(bytes, name);
                },
                iter: 4_000
            );

    [Fact]
    public void Real_files_cut_short() =>
        Gen.Select(
                Gen.Int[0, Seeds.Count - 1],
                Gen.Double.Unit,
                Gen.Int[0, FileNames.Length - 1].Select(index => FileNames[index])
            )
            .Sample((seed, at, name) => Ends(Seeds[seed][..(int)(at * Seeds[seed].Length)], name), iter: 4_000);

    internal static void Ends(byte[] bytes, string name)
    {
        var watch = Stopwatch.StartNew();
        var findings = new List<Finding>();
        PickleScanner.Scan(name, new MemorySource(bytes), findings.Add, CancellationToken.None);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        findings.Count.Should().BeLessThan(10_000);
    }
}
