using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using CsCheck;
using NixAiModels.Nar;

namespace NixAiModels.Tests.Nar;

[SupportedOSPlatform("linux")]
public sealed class NarHashTests : IDisposable
{
    private static readonly Gen<string> Name = Gen.OneOf(
        "a",
        "a-b",
        "a.b",
        "a b",
        "A",
        "b",
        "B",
        "é",
        "e\u0301",
        "～",
        "😀",
        "..a",
        "…",
        "'",
        "-",
        "_",
        "0",
        "10",
        "9",
        "a\\",
        "\n",
        ".gitattributes",
        "\uFFFD"
    );

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_afolder_and_a_link_at_the_root_hash_as_nix_hashes_them()
    {
        _folder.Write("tree/file", "content");
        File.CreateSymbolicLink(_folder["link"], "tree");
        Directory.CreateDirectory(_folder["empty"]);

        foreach (var path in new[] { "tree", "tree/file", "link", "empty" })
        {
            (await NarHash.OfPathAsync(_folder[path], Cancellation))
                .Sri.Should()
                .Be(RealNix.HashPath(_folder[path]), path);
        }
    }

    [Fact]
    public async Task Only_the_owner_s_executable_bit_counts()
    {
        File.SetUnixFileMode(_folder.Write("owner", "#!"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(
            _folder.Write("group", "#!"),
            UnixFileMode.UserRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        File.SetUnixFileMode(_folder.Write("setuid", "#!"), UnixFileMode.UserRead | UnixFileMode.SetUser);

        (await NarHash.OfPathAsync(_folder.Root, Cancellation)).Sri.Should().Be(RealNix.HashPath(_folder.Root));
        (await NarHash.OfPathAsync(_folder["owner"], Cancellation))
            .Should()
            .NotBe(await NarHash.OfPathAsync(_folder["group"], Cancellation));
    }

    [Fact]
    public async Task Links_may_dangle_climb_loop_and_hold_any_bytes()
    {
        File.CreateSymbolicLink(_folder["dangling"], "/nowhere/ünicode");
        File.CreateSymbolicLink(_folder["climbing"], "../../etc/passwd");
        File.CreateSymbolicLink(_folder["loop"], "loop");
        RealNix.Run("sh", "-c", "ln -s \"$(printf 'bad\\377\\360\\237\\230')\" " + _folder["bytes"]);

        (await NarHash.OfPathAsync(_folder.Root, Cancellation)).Sri.Should().Be(RealNix.HashPath(_folder.Root));
    }

    [Fact]
    public async Task Names_that_are_no_UTF_8_are_hashed_as_the_bytes_that_they_are()
    {
        RealNix.Run(
            "sh",
            "-c",
            $"cd {_folder.Root} && for n in 'a\\377' 'a\\357\\277\\275' 'a\\360\\237\\230' '\\300\\200'; "
                + "do echo \"$n\" > \"$(printf \"$n\")\"; done"
        );

        (await NarHash.OfPathAsync(_folder.Root, Cancellation)).Sri.Should().Be(RealNix.HashPath(_folder.Root));
    }

    [Theory]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((3 << 20) + 5)]
    public async Task Files_around_the_size_of_a_block_hash_right(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        await File.WriteAllBytesAsync(_folder["weights"], content, Cancellation);

        (await NarHash.OfPathAsync(_folder.Root, Cancellation)).Sri.Should().Be(RealNix.HashPath(_folder.Root));
    }

    [Fact]
    public async Task A_sparse_file_beyond_4_GiB_hashes_right()
    {
        using (var file = File.OpenHandle(_folder["sparse"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.Write(file, "end"u8, 4L << 30);

        (await NarHash.OfPathAsync(_folder.Root, Cancellation)).Sri.Should().Be(RealNix.HashPath(_folder.Root));
    }

    [Fact]
    public async Task A_pipe_is_refused_by_name_and_does_not_hang()
    {
        Directory.CreateDirectory(_folder["tree/sub"]);
        RealNix.Run("mkfifo", _folder["tree/sub/pipe\u001b[2J"]);

        var failure = (
            await FluentActions
                .Awaiting(() => NarHash.OfPathAsync(_folder["tree"], Cancellation))
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Message.Should().Contain(@"tree/sub/pipe\u{1b}[2J");
    }

    [Fact]
    public async Task A_missing_path_is_a_local_error()
    {
        var failure = (
            await FluentActions
                .Awaiting(() => NarHash.OfPathAsync(_folder["missing"], Cancellation))
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Message.Should().Contain("no such file or folder");
    }

    [Fact]
    public void Any_tree_hashes_as_nix_hashes_it_from_disk_and_while_it_arrives()
    {
        var path = Gen.Select(Name.Array[1, 4], names => string.Join('/', names));
        var file = Gen.Select(
            path,
            Gen.Byte.Array[0, 40],
            Gen.Bool,
            (name, content, executable) => (Path: name, Content: content, Executable: executable)
        );
        file.List[0, 12]
            .Sample(
                files =>
                {
                    using var tree = new TemporaryFolder();
                    var taken = new Dictionary<NarFile, byte[]>();
                    foreach (var (name, content, executable) in files)
                    {
                        if (
                            taken.Keys.Any(other =>
                                name == other.Path || IsBelow(name, other.Path) || IsBelow(other.Path, name)
                            )
                        )
                        {
                            continue;
                        }

                        taken.Add(new NarFile(name, content.Length, executable), content);
                        Directory.CreateDirectory(Path.GetDirectoryName(tree[name])!);
                        File.WriteAllBytes(tree[name], content);
                        if (executable)
                        {
                            File.SetUnixFileMode(
                                tree[name],
                                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                            );
                        }
                    }

                    var expected = RealNix.HashPath(tree.Root);
                    var fromDisk = NarHash.OfPathAsync(tree.Root, Cancellation).GetAwaiter().GetResult();
                    var arriving = OfArrivingAsync(
                            NarOrder.Sort(taken.Keys, f => f.Path),
                            (f, ct) => PiecesAsync(taken[f], ct),
                            Cancellation
                        )
                        .GetAwaiter()
                        .GetResult();
                    fromDisk.Sri.Should().Be(expected);
                    arriving.Sri.Should().Be(expected);
                },
                iter: 100,
                threads: 1
            );
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("a", "a/b")]
    [InlineData("a-b", "a/b")]
    [InlineData("a/b", "c", "a/d")]
    public async Task Files_out_of_order_give_no_hash(params string[] paths)
    {
        var hashing = () =>
            OfArrivingAsync(paths.Select(path => new NarFile(path, 0)), (_, ct) => PiecesAsync([], ct), Cancellation);

        await hashing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*out of order*");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_content_of_another_size_gives_no_hash(int size)
    {
        var hashing = () =>
            OfArrivingAsync([new NarFile("file", 4)], (_, ct) => PiecesAsync(new byte[size], ct), Cancellation);

        await hashing.Should().ThrowAsync<InvalidOperationException>();
    }

    private static async Task<NixHash> OfArrivingAsync(
        IEnumerable<NarFile> files,
        Func<NarFile, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> pieces,
        CancellationToken cancellation
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isComplete = await NarSnapshot.WriteAsync(
            files,
            async (file, sink, token) =>
            {
                await foreach (var piece in pieces(file, token))
                    sink(piece.Span);
                return true;
            },
            new NarWriter(hash.AppendData),
            cancellation
        );
        isComplete.Should().BeTrue();
        return NixHash.OfDigest(hash.GetHashAndReset());
    }

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(
        byte[] content,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        for (var start = 0; start < content.Length; start += 7)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return content.AsMemory(start, Math.Min(7, content.Length - start));
        }
    }
}
