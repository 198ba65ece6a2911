using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using NixAiModels.Tests.Validation.Containers;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Pickle;

public sealed class ContainerTests
{
    private static readonly byte[] Payload = new PickleAssembler().Payload().Stop();
    private static readonly byte[] Text = "just a text\n"u8.ToArray();
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 64).Select(index => (byte)(index * 37))];

    private static readonly Dictionary<string, (string Name, byte[] Bytes)> Hostile = new(StringComparer.Ordinal)
    {
        ["the objects themselves"] = ("m.pt", ZipAssembler.Torch(Payload).Bytes()),
        ["another entry called data.pkl"] = ("m.pt", ZipAssembler.Torch().Add("other/data.pkl", Payload).Bytes()),
        ["an entry of any name"] = (
            "m.pt",
            ZipAssembler.Torch().Add("archive/README", "cos\nsystem\n(S'x'\ntR."u8.ToArray()).Bytes()
        ),
        ["a storage that no tensor names"] = ("m.pt", ZipAssembler.Torch().Add("archive/data/7", Payload).Bytes()),
        ["upper case"] = ("m.pt", ZipAssembler.Torch().Add("ARCHIVE/DATA.PKL", Payload).Bytes()),
        ["deflated"] = ("m.bin", ZipAssembler.Torch().Add("archive/x.pkl", Payload, deflate: true).Bytes()),
        ["a disguised archive"] = ("model.safetensors", ZipAssembler.Torch(Payload).Bytes()),
        ["not in the directory"] = (
            "m.pt",
            ZipAssembler.Torch().Add("archive/data.pkl", Payload, listedAs: "").Bytes()
        ),
        ["two names"] = (
            "m.pt",
            ZipAssembler.Torch().Add("archive/data.pkl", Text, listedAs: "archive/notes.txt").Bytes()
        ),
        ["a storage by one name, objects by another"] = (
            "m.pt",
            ZipAssembler.Torch().Add("archive/data.pkl", Payload, listedAs: "archive/data/0").Bytes()
        ),
        ["a duplicate"] = ("m.pt", ZipAssembler.Torch().Add("archive/version", Text).Bytes()),
        ["a duplicate in other letters"] = ("m.pt", ZipAssembler.Torch().Add("archive/VERSION", Text).Bytes()),
        ["encrypted in both places"] = (
            "m.pt",
            ZipAssembler.Torch().Add("x", Text, localFlags: 1, listedFlags: 1).Bytes()
        ),
        ["encrypted in one place"] = ("m.pt", ZipAssembler.Torch().Add("x", Text, localFlags: 1).Bytes()),
        ["masked"] = ("m.pt", ZipAssembler.Torch().Add("x", Text, listedFlags: 0x2000).Bytes()),
        ["a wrong checksum"] = ("m.pt", ZipAssembler.Torch().Add("archive/x.pkl", Text, crc: 1).Bytes()),
        ["a NUL in a name"] = ("m.pt", ZipAssembler.Torch().Add("archive/a\0b", Text).Bytes()),
        ["climbing out"] = ("m.pt", ZipAssembler.Torch().Add("../x", Text).Bytes()),
        ["climbing out with backslashes"] = ("m.pt", ZipAssembler.Torch().Add(@"a\..\..\x", Text).Bytes()),
        ["an absolute name"] = ("m.pt", ZipAssembler.Torch().Add("C:/x", Text).Bytes()),
        ["two archives"] = ("m.pt", [.. ZipAssembler.Torch().Bytes(), .. ZipAssembler.Torch().Bytes()]),
        ["an archive in the comment"] = (
            "m.pt",
            ZipAssembler.Torch().Bytes(Encoding.Latin1.GetString(ZipAssembler.Torch().Bytes()))
        ),
        ["a pickle before"] = ("m.pt", [.. Payload, .. ZipAssembler.Torch().Bytes()]),
        ["a harmless pickle before"] = (
            "m.pt",
            [.. new PickleAssembler().Op("]").Stop(), .. ZipAssembler.Torch(Payload).Bytes()]
        ),
        ["behind an array"] = ("m.npy", [.. Npy("'<f4'", Weights), .. ZipAssembler.Torch(Payload).Bytes()]),
        ["no directory"] = ("m.pt", ZipAssembler.Torch().Bytes()[..^30]),
        ["an archive in an archive"] = (
            "m.zip",
            new ZipAssembler()
                .Add(
                    "inner.bin",
                    new ZipAssembler().Add("x.zip", ZipAssembler.Torch(Payload).Bytes()).Bytes(),
                    deflate: true
                )
                .Bytes()
        ),
        ["an archive in gzip"] = ("m.gz", Gzip(ZipAssembler.Torch(Payload).Bytes())),
        ["gzip in gzip"] = ("m.bin", Gzip(Gzip(Payload))),
        ["the second member of gzip"] = ("m.gz", [.. Gzip([]), .. Gzip(Payload)]),
        ["gzip that breaks"] = (
            "m.gz",
            Gzip(
                new PickleAssembler()
                    .Data([.. Enumerable.Range(0, 4000).Select(index => (byte)(index * index * 7919 >> 5))])
                    .Stop()
            )[..900]
        ),
        ["nested far too deep"] = ("m.gz", Enumerable.Range(0, 12).Aggregate(Payload, (bytes, _) => Gzip(bytes))),
        ["gzip of endless data"] = (
            "m.pkl",
            Gzip([0x80, 4, (byte)'B', 0, 0, 0, 0x12, .. new byte[0x12000000], .. Payload[2..]])
        ),
        ["zlib"] = ("m.joblib", Zlib(Payload)),
        ["joblib's oldest"] = ("m.joblib", [.. "ZF0x2e               "u8, .. Zlib(Payload)]),
        ["joblib's oldest, without 0x"] = ("m.dat", [.. "ZF2e                 "u8, .. Zlib(Payload)]),
        ["joblib's oldest, of Python 2"] = ("m.dat", [.. "ZF0x2eL               "u8, .. Zlib(Payload)]),
        ["7z"] = ("m.pt", [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]),
        ["zstd that is none"] = ("m.zst", [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3]),
        ["zstd behind a frame that is skipped"] = (
            "m.bin",
            [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Zstd(Payload)]
        ),
        ["lz4 behind a frame that is skipped"] = (
            "m.bin",
            [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0, 0x04, 0x22, 0x4D, 0x18, 1]
        ),
        ["the name of something compressed"] = ("m.pkl.xz", [0x5E, .. Weights]),
        ["a tar whose first member has no name"] = (
            "m.bin",
            Rechecked(TarArchive.Of(("a", Text), ("x", Payload)), name: 0)
        ),
        ["a tar's checksum as Python reads numbers"] = (
            "m.bin",
            Rechecked(TarArchive.Of(("x", Payload)), name: (byte)'x', "+0o")
        ),
        ["a tar"] = ("m.tar", TarArchive.Of(("a/b.bin", Payload))),
        ["a tar's second"] = ("m.tar", TarArchive.Of(("x", Text), ("X", Payload))),
        ["a tar's name is a pickle"] = ("m.pkl", TarArchive.Of(("cos\nsystem\n(S'x'\ntR.", Text))),
        ["a tar goes on"] = ("m.tar", [.. TarArchive.Of(("x", Text)), .. TarArchive.Of(("y", Payload))]),
        ["a legacy tar's storages"] = (
            "m.pt",
            TarArchive.Of(
                ("storages", Payload),
                ("tensors", new PickleAssembler().Int(0).Stop()),
                ("pickle", new PickleAssembler().Op("]").Stop())
            )
        ),
        ["objects of an array"] = ("a.npy", Npy("'|O'", Payload)),
        ["objects, spelt with an escape"] = ("a.npy", Npy(@"'|\x4f'", Payload)),
        ["objects, spelt in two parts"] = ("a.npy", Npy("'|' 'ob' 'ject'", Payload)),
        ["objects in a record"] = ("a.npy", Npy("[('a', '<f4'), ('b', '|O')]", Payload)),
        ["no array at all"] = ("a.npy", Payload),
        ["array bytes that pickle.load reads"] = ("a.joblib", Joblib([0, .. Payload[2..], .. new byte[64]], 64, false)),
        ["bytes between two readers' ideas of padding"] = (
            "a.joblib",
            Joblib([(byte)Payload.Length, .. new byte[64 - 1], .. Payload[2..], .. new byte[64]], 64, true)
        ),
        ["behind an array's bytes"] = ("a.joblib", [.. Joblib(new byte[64], 64, false), .. Payload[2..]]),
        ["an array's size that lies"] = ("a.joblib", Joblib([], int.MaxValue, false)),
        ["a second legacy file"] = ("m.bin", [.. Legacy(), .. Payload]),
    };

    public static TheoryData<string> Names => [.. Hostile.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_container_is_refused(string name)
    {
        var watch = Stopwatch.StartNew();
        Scan(Hostile[name].Name, new MemorySource(Hostile[name].Bytes))
            .Should()
            .Contain(finding => finding.Severity >= Severity.Suspicious);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("\u0080\u0002N.............")]
    [InlineData("PK\u0003\u0004............")]
    [InlineData("\u001f\u008b\u0008.............")]
    [InlineData("cos\nsin\ntt.......")]
    public void A_storage_may_look_like_anything(string numbers) =>
        Scan("m.pt", Torch(Encoding.Latin1.GetBytes(numbers))).Should().BeEmpty();

    [Fact]
    public void A_storage_that_is_a_pickle_is_refused() =>
        Scan("m.pt", Torch(Payload)).Should().Contain(finding => finding.Message.Contains("in the place of"));

    [Fact]
    public void A_storage_that_is_shorter_than_its_tensor_says_is_refused() =>
        Scan("m.pt", Torch(new byte[12])).Should().ContainSingle().Which.Message.Should().Contain("needs 16");

    [Theory]
    [InlineData("cos\nsin\ntan\nlog\n")]
    [InlineData("cos\nsystem\n")]
    [InlineData("ios\nandroid\nweb\n")]
    public void A_vocabulary_is_not_a_pickle(string words) =>
        Scan("vocab.txt", new MemorySource(Encoding.UTF8.GetBytes(words))).Should().BeEmpty();

    [Fact]
    public void Archives_that_people_extract_are_reported_by_their_names()
    {
        byte[] sevenZip = [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C, 0, 4];
        byte[] rar = [.. "Rar!"u8, 0x1A, 7, 1, 0];
        foreach (var (name, bytes) in new[] { ("m.7z", sevenZip), ("m.7z.001", sevenZip), ("m.rar", rar) })
            Scan(name, new MemorySource(bytes)).Should().ContainSingle().Which.Severity.Should().Be(Severity.Report);
    }

    [Fact]
    public void Ordinary_archives_of_texts_need_no_word()
    {
        Scan("t.zip", new MemorySource(new ZipAssembler().Add("a.txt", Text, deflate: true).Add("b/", []).Bytes()))
            .Should()
            .BeEmpty();
        Scan("t.tar.gz", new MemorySource(Gzip(TarArchive.Of(("./a.txt", Text), ("./b.json", "{}"u8.ToArray())))))
            .Should()
            .BeEmpty();
        Scan("a.npy", new MemorySource(Npy("[('Open', '<f4')]", Weights))).Should().BeEmpty();
        Scan("m.bin", new MemorySource(Legacy())).Should().BeEmpty();
        Scan("w.bin", new MemorySource(Weights)).Should().BeEmpty();
    }

    [Fact]
    public void Torchscript_code_is_reported_and_not_refused() =>
        Scan("m.pt", new MemorySource(ZipAssembler.Torch().Add("archive/code/__torch__.py", Text).Bytes()))
            .Should()
            .ContainSingle()
            .Which.Severity.Should()
            .Be(Severity.Report);

    [Fact]
    public void A_large_storage_is_passed_over_and_not_read()
    {
        var source = new LargeTorchFile(2L << 30);
        Scan("m.pt", source).Should().BeEmpty();
        source.BytesRead.Should().BeLessThan(2 << 20);
    }

    private static MemorySource Torch(byte[] storage) =>
        new(ZipAssembler.Torch().Add("archive/data/0", storage).Bytes());

    private static List<Finding> Scan(string name, ByteSource source)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan(name, source, findings.Add, TestContext.Current.CancellationToken);
        return findings;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var folded = new MemoryStream();
        using (var gzip = new GZipStream(folded, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return folded.ToArray();
    }

    private static byte[] Zlib(byte[] bytes)
    {
        using var folded = new MemoryStream();
        using (var zlib = new ZLibStream(folded, CompressionLevel.Fastest))
            zlib.Write(bytes);
        return folded.ToArray();
    }

    // The first header with another name of one byte, and its checksum written in another way.
    private static byte[] Rechecked(byte[] tar, byte name, string sign = "")
    {
        tar[0] = name;
        tar.AsSpan(148, 8).Fill((byte)' ');
        var sum = tar.Take(512).Sum(value => value);
        Encoding.ASCII.GetBytes(sign + Convert.ToString(sum, 8)).CopyTo(tar, 148);
        return tar;
    }

    // One frame of one raw block (RFC 8878 3.1.1).
    private static byte[] Zstd(byte[] bytes) =>
        [
            0x28,
            0xB5,
            0x2F,
            0xFD,
            0x20,
            (byte)bytes.Length,
            (byte)((bytes.Length << 3) | 1),
            (byte)(bytes.Length >> 5),
            0,
            .. bytes,
        ];

    private static byte[] Npy(string type, byte[] data)
    {
        var header = Encoding.Latin1.GetBytes($"{{'descr': {type}, 'fortran_order': False, 'shape': (1,), }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. data];
    }

    private static byte[] Joblib(byte[] array, int size, bool aligned)
    {
        var pickle = new PickleAssembler(2)
            .Global("joblib.numpy_pickle", "NumpyArrayWrapper")
            .Op(")\x81}(")
            .Text("subclass")
            .Global("numpy", "ndarray")
            .Text("shape")
            .Int(size)
            .Tuple(1)
            .Text("order")
            .Text("C")
            .Text("dtype")
            .Global("numpy", "dtype")
            .Text("u1")
            .Op("\x89\x88")
            .Tuple(3)
            .Reduce()
            .Text("allow_mmap")
            .Op("\x88");
        if (aligned)
            pickle.Text("numpy_array_alignment_bytes").Int(16);
        return [.. pickle.Op("ub").Bytes, .. array];
    }

    private static byte[] Legacy() =>
        [
            .. new PickleAssembler(2).Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop(),
            .. new PickleAssembler(2).Int(1001).Stop(),
            .. new PickleAssembler(2).Op("}").Stop(),
            .. ZipAssembler.Objects(),
            .. new PickleAssembler(2).Op("]").Text("0").Op("a").Stop(),
            4,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. new byte[16],
        ];

    /// <summary>A PyTorch zip with a huge storage of zeros, which exists nowhere.</summary>
    private sealed class LargeTorchFile : ByteSource
    {
        private readonly byte[] _before;
        private readonly byte[] _after;
        private readonly long _hole;

        public LargeTorchFile(long hole)
        {
            _hole = hole;
            var small = ZipAssembler.Torch().Add("archive/data/0", new byte[4]).Bytes();
            var name = small.AsSpan().LastIndexOf("archive/data/0"u8);
            var local = small.AsSpan()[..name].LastIndexOf("archive/data/0"u8);
            var data = local + "archive/data/0".Length;
            // Both size fields of both headers, and the directory's offset, are moved by the hole.
            foreach (var at in new[] { local - 12, local - 8, name - 26, name - 22, small.Length - 6 })
                BitConverter.TryWriteBytes(small.AsSpan(at), (uint)(BitConverter.ToUInt32(small, at) + hole));
            (_before, _after) = (small[..data], small[data..]);
        }

        public long BytesRead { get; private set; }

        public override long Length => _before.Length + _hole + _after.Length;

        public override int Read(long position, Span<byte> into)
        {
            var count = (int)Math.Clamp(Length - position, 0, into.Length);
            BytesRead += count;
            for (var index = 0; index < count; index++)
            {
                var at = position + index;
                into[index] =
                    at < _before.Length ? _before[at]
                    : at < _before.Length + _hole ? (byte)0
                    : _after[at - _before.Length - _hole];
            }

            return count;
        }
    }
}
