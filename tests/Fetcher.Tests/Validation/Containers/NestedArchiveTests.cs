using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NixAiModels.Tests.Validation.Pickle;
using NixAiModels.Validation;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Tests.Validation.Containers;

/// <summary>Archives that are stored, uncompressed, in other archives.</summary>
public sealed class NestedArchiveTests
{
    private static readonly byte[] Tensors = ZipAssembler.Torch().Add("archive/data/0", new byte[16]).Bytes();
    private static readonly byte[] Payload = ZipAssembler.Torch(new PickleAssembler().Payload().Stop()).Bytes();
    private static readonly byte[] Document = new ZipAssembler()
        .Add("a.xml", "<a/>"u8.ToArray(), deflate: true)
        .Bytes();

    private static readonly Dictionary<string, (string Name, Func<byte[], byte[]> Around)> Formats = new(
        StringComparer.Ordinal
    )
    {
        ["torch.export"] = (
            "model.pt2",
            inner =>
                new ZipAssembler()
                    .Add("model/archive_format", "pt2"u8.ToArray())
                    .Add("model/data/weights/model.pt", inner)
                    .Bytes()
        ),
        ["stable-baselines3"] = (
            "ppo.zip",
            inner =>
                new ZipAssembler()
                    .Add("data", "{}"u8.ToArray())
                    .Add("policy.pth", inner)
                    .Add("policy.optimizer.pth", Tensors)
                    .Add("_stable_baselines3_version", "2.3.2"u8.ToArray())
                    .Bytes()
        ),
        ["documents in a zip"] = (
            "docs.zip",
            inner => new ZipAssembler().Add("a.docx", Document).Add("b.pt", inner).Add("c.docx", Document).Bytes()
        ),
        ["a zip in a zip in a zip"] = (
            "m.zip",
            inner => new ZipAssembler().Add("a.zip", new ZipAssembler().Add("m.pt", inner).Bytes()).Bytes()
        ),
        ["NeMo"] = (
            "m.nemo",
            inner => TarArchive.Of(("./model_config.yaml", "a: 1\n"u8.ToArray()), ("./model_weights.ckpt", inner))
        ),
        ["WebDataset"] = (
            "shard.tar",
            inner => TarArchive.Of([.. Enumerable.Range(0, 9).Select(index => ($"{index:000}.pt", inner))])
        ),
        ["a distributed checkpoint"] = ("__0_0.distcp", inner => [.. Tensors, .. inner, .. Tensors]),
        ["MediaPipe"] = (
            "hand.task",
            inner => new ZipAssembler().Add("a.tflite", TensorFlowLite(Tensors)).Add("b.pt", inner).Bytes()
        ),
        ["TensorFlow Lite with metadata"] = ("m.tflite", TensorFlowLite),
    };

    public static TheoryData<string> Names => [.. Formats.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_archive_in_an_archive_is_accepted(string format) =>
        Suspicions(Formats[format].Name, Formats[format].Around(Tensors)).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_pickles_are_found(string format) =>
        Suspicions(Formats[format].Name, Formats[format].Around(Payload))
            .Should()
            .Contain(finding => finding.Severity == Severity.Dangerous);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_damaged_one_is_refused(string format)
    {
        byte[] cut = [(byte)'?', .. Tensors[1..]];
        Suspicions(Formats[format].Name, Formats[format].Around(cut)).Should().NotBeEmpty();
    }

    // Larger than what stays readable of a compressed stream.
    [Theory]
    [InlineData("model_weights.ckpt")]
    [InlineData("optimizer.zip")]
    public void A_large_one_in_a_compressed_archive_is_read(string name)
    {
        var storage = new byte[40 << 20];
        new Random(1).NextBytes(storage);
        var honest = ZipAssembler.Torch().Add("archive/data/0", storage).Bytes();
        var hostile = ZipAssembler.Torch().Add("archive/data/0", storage).Add("archive/a/data.pkl", Evil()).Bytes();

        Suspicions("m.nemo", Compressed(honest)).Should().BeEmpty();
        Suspicions("m.nemo", Compressed(hostile)).Should().Contain(finding => finding.Severity == Severity.Dangerous);

        byte[] Evil() => new PickleAssembler().Payload().Stop();
        byte[] Compressed(byte[] inner)
        {
            using var bytes = new MemoryStream();
            using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
                gzip.Write(TarArchive.Of(("./model_config.yaml", "a: 1\n"u8.ToArray()), (name, inner)));
            return bytes.ToArray();
        }
    }

    [Fact]
    public void A_directory_that_a_reader_of_the_outer_file_could_take_is_a_second_one()
    {
        const string name = "notes.bin";
        var outer = new ZipAssembler().Add(name, Moved(Tensors, 30 + name.Length)).Bytes();
        Suspicions("m.zip", outer).Should().Contain(finding => finding.Message.Contains("more than one central"));
    }

    [Fact]
    public void An_end_record_whose_comment_reaches_the_end_is_a_second_one()
    {
        var inner = (byte[])Tensors.Clone();
        var outer = new ZipAssembler().Add("m.pt", inner).Bytes();
        var comment = outer.AsSpan().IndexOf("PK\x05\x06"u8) + 20;
        BinaryPrimitives.WriteUInt16LittleEndian(outer.AsSpan(comment), (ushort)(outer.Length - comment - 2));
        Suspicions("m.zip", outer).Should().Contain(finding => finding.Message.Contains("more than one central"));
    }

    [Fact]
    public void An_archive_after_a_tar_or_across_its_members_is_refused()
    {
        Suspicions("m.tar", [.. TarArchive.Of(("a.txt", "a"u8.ToArray())), .. Tensors])
            .Should()
            .Contain(finding => finding.Message.Contains("appended"));
        var half = Tensors.AsSpan().IndexOf("PK\x01\x02"u8);
        Suspicions("m.tar", TarArchive.Of(("a.bin", Tensors[..half]), ("b.bin", Tensors[half..])))
            .Should()
            .NotBeEmpty();
    }

    [Theory]
    [InlineData("cstable_baselines3.common.policies\nActorCriticPolicy\n.", Severity.Report)]
    [InlineData("cos\nsystem\n(S'id'\ntR.", Severity.Dangerous)]
    public void Pickles_in_the_JSON_of_stable_baselines3_are_read(string pickle, Severity severity)
    {
        var text = Convert.ToBase64String(Encoding.ASCII.GetBytes(pickle)).Insert(5, "\\n");
        var json = $$"""{"x": NaN, "policy_class": {":type:": "abc", "\u003aserialized:": "{{text}}"} }""";
        var findings = new List<Finding>();
        var archive = new ZipAssembler().Add("data", Encoding.UTF8.GetBytes(json), deflate: true).Bytes();
        PickleScanner.Scan("ppo.zip", new MemorySource(archive), findings.Add, TestContext.Current.CancellationToken);
        findings.Max(finding => finding.Severity).Should().Be(severity);
    }

    [Fact]
    public void Several_archives_under_another_name_are_refused() =>
        Suspicions("m.pt", [.. Tensors, .. Tensors]).Should().NotBeEmpty();

    private static List<Finding> Suspicions(string name, byte[] bytes)
    {
        var findings = new List<Finding>();
        PickleScanner.Scan(name, new MemorySource(bytes), findings.Add, TestContext.Current.CancellationToken);
        return [.. findings.Where(finding => finding.Severity >= Severity.Suspicious)];
    }

    // The offsets of the archive count from the beginning of the whole file, as zipfile's mode "a" writes them.
    private static byte[] TensorFlowLite(byte[] archive)
    {
        byte[] model = [0x1C, 0, 0, 0, .. "TFL3"u8, .. new byte[92]];
        return [.. model, .. Moved(archive, model.Length)];
    }

    private static byte[] Moved(byte[] archive, int by)
    {
        var moved = (byte[])archive.Clone();
        Move("PK\x01\x02"u8.ToArray(), 42);
        Move("PK\x05\x06"u8.ToArray(), 16);
        return moved;

        void Move(byte[] record, int field)
        {
            for (var at = 0; moved.AsSpan(at).IndexOf(record) is >= 0 and var next; at += 4)
            {
                at += next;
                if (at + field + 4 > moved.Length)
                    return;
                var offset = moved.AsSpan(at + field);
                BinaryPrimitives.WriteUInt32LittleEndian(
                    offset,
                    BinaryPrimitives.ReadUInt32LittleEndian(offset) + (uint)by
                );
            }
        }
    }
}
