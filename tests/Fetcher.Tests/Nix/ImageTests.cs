using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;
using NixAiModels.Tests.Published;
using ImageTar = NixAiModels.Images.TarWriter;

namespace NixAiModels.Tests.Nix;

/// <summary>Models as a container image: built by Nix, streamed, loaded by podman.</summary>
public sealed class ImageTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private const int Shard = 9_000_000;
    private readonly LockBench _bench = new(hub);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    // podman in namespaces of its own: what it keeps elsewhere than in --root vanishes with them, and a machine whose
    // control groups are of both versions has those of version 2. $1 is the test's folder, $2 the image in the store,
    // $3 the store on disk, $4 nix-ai-models.
    private const string Podman = """
        set -eu
        mount -t tmpfs none /var/lib; mount -t tmpfs none /run
        umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
        mount --bind "$3" /nix
        cd "$1"
        podman() {
          command podman --root "$1/root" --runroot /run/c --storage-driver vfs --cgroup-manager cgroupfs \
            --events-backend none --log-level error "${@:2}"
        }
        run() {
          podman "$1" run --rm --cgroups disabled --network none --ulimit nofile=512:512 --ulimit nproc=512:512 "${@:2}"
        }
        "$4" image "$2" | podman "$1" load >&2
        podman "$1" image inspect acme/tiny:1.0 >inspect.json
        podman "$1" create --name copied acme/tiny:1.0 /none >&2
        podman "$1" cp copied:/models copied

        # An image with a program on top, and the models mounted into another.
        printf 'FROM acme/tiny:1.0\nCOPY bash-static /bin/bash\n' >Containerfile
        cp /bin/bash-static .
        podman "$1" build --isolation chroot --tag app . >&2
        run "$1" app /bin/bash -c 'echo "$(<$AI_MODEL_TINY/config.json) $HF_HUB_OFFLINE"' >on-top
        tar -cf empty.tar bash-static
        podman "$1" import empty.tar program >&2
        run "$1" --mount type=image,source=acme/tiny:1.0,destination=/image program \
          /bash-static -c 'echo "$(</image/models/tiny/config.json)"' >mounted
        """;

    [Fact]
    public async Task Podman_loads_an_image_whose_containers_find_the_model()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "podman's containers are started by root");
        var image = await BuildAsync(NixVersion.Current, "image-1");
        var place = Directory.CreateDirectory(Path.Combine(nix.Folder, "podman")).FullName;

        var outcome = await InNamespaceAsync(
            Podman,
            place,
            image,
            nix.OnDisk(NixVersion.Current, "/nix"),
            Executable.Fetcher
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var files = hub.Repository("acme/image-1").Folder;
        foreach (var file in Directory.GetFiles(files, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllBytesAsync($"{place}/copied/tiny/{Path.GetRelativePath(files, file)}", Cancellation))
                .Should()
                .Equal(await File.ReadAllBytesAsync(file, Cancellation));
        }

        var scan = await Executable.RunAsync(
            "node",
            [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), $"{place}/copied/hub"]
        );
        scan.ExitCode.Should().Be(0, scan.Errors);
        ((string)JsonNode.Parse(scan.Output)![0]!["name"]!).Should().Be("acme/image-1");
        var config = JsonNode.Parse(await File.ReadAllTextAsync($"{place}/inspect.json", Cancellation))![0]!;
        config["Config"]!["Env"]!
            .AsArray()
            .Select(each => (string)each!)
            .Should()
            .Contain("AI_MODEL_TINY=/models/tiny")
            .And.Contain("HF_HUB_CACHE=/models/hub")
            .And.Contain("HF_HUB_OFFLINE=1");
        config["RootFS"]!["Layers"]!.AsArray().Should().HaveCount(3);
        (await File.ReadAllTextAsync($"{place}/on-top", Cancellation)).Should().Be("{} 1\n");
        (await File.ReadAllTextAsync($"{place}/mounted", Cancellation)).Should().Be("{}\n");
    }

    [Fact]
    public async Task An_image_is_the_same_wherever_it_is_built_and_takes_no_room_of_the_weights()
    {
        var paths = new List<string>();
        var images = new List<string>();
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            paths.Add(await BuildAsync(version, "image-2"));
            images.Add(nix.OnDisk(version, paths[^1]));
        }

        paths.Distinct().Should().ContainSingle();
        var hashes = new List<string>();
        foreach (var image in images)
            hashes.Add((await NixAiModels.Nar.NarHash.OfPathAsync(image, Cancellation)).Sri);
        hashes.Distinct().Should().ContainSingle();
        Directory
            .GetFiles(images[0], "*", SearchOption.AllDirectories)
            .Sum(file => new FileInfo(file).Length)
            .Should()
            .BeLessThan(20_000);
        (await nix.RunAsync(NixVersion.Old, "nix-store", "--query", "--references", paths[0]))
            .Output.Should()
            .Contain("model-00001-of-00002.bin", "it keeps what its layers are made of");
    }

    [Fact]
    public async Task One_shard_that_changes_is_one_layer_and_the_last()
    {
        var before = LayersOf(await BuildAsync(NixVersion.Current, "image-3"));
        hub.Repository("acme/image-3").Lfs("model-00002-of-00002.bin", LockBench.Bytes(Shard, 99));
        var after = LayersOf(await BuildAsync(NixVersion.Current, "image-3"));

        after.Should().HaveCount(3);
        after[0].Should().Be(before[0]);
        after[1].Should().NotBe(before[1]);
        after[2].Should().NotBe(before[2], "the commit is in its paths");
    }

    [Fact]
    public async Task A_layout_is_completed_and_what_is_there_stays()
    {
        var image = await BuildAsync(NixVersion.Current, "image-4");
        var layout = Path.Combine(nix.Folder, "layout");
        var first = await ImageAsync(image, "--to", layout);
        first.ExitCode.Should().Be(0, first.Errors);
        var layers = LayersOf(image);
        string Blob(int layer) => $"{layout}/blobs/{layers[layer].Replace(':', '/')}";
        foreach (var blob in Directory.GetFiles($"{layout}/blobs/sha256"))
        {
            Convert
                .ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(blob, Cancellation)))
                .Should()
                .Be(Path.GetFileName(blob));
        }

        var kept = File.GetLastWriteTimeUtc(Blob(0));
        File.Move(Blob(1), Blob(1) + ".new");
        await File.WriteAllTextAsync(Blob(1) + ".new", "interrupted", Cancellation);
        var second = await ImageAsync(image, "--to", layout);

        second.ExitCode.Should().Be(0, second.Errors);
        File.GetLastWriteTimeUtc(Blob(0)).Should().Be(kept);
        Convert
            .ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Blob(1), Cancellation)))
            .Should()
            .Be(Path.GetFileName(Blob(1)));
        Directory.GetFiles($"{layout}/blobs/sha256").Should().HaveCount(5, "three layers, a manifest, a configuration");
    }

    [Theory]
    [InlineData("a b", "latest", "invalid `name = \"a b\"`")]
    [InlineData("Llama", "latest", "invalid `name = \"Llama\"`")]
    [InlineData("llama", "-x", "invalid `tag = \"-x\"`")]
    [InlineData("ghcr.io/acme/llama", "3.2", null)]
    [InlineData("localhost:5000/llama", "latest", null)]
    public async Task A_name_is_one_that_a_registry_takes(string name, string tag, string? error)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""
            (({{NixFixture.Offline}}).ociImage { name = "{{name}}"; tag = "{{tag}}"; models = { }; })
            """
        );

        outcome.ExitCode.Should().Be(error is null ? 0 : 1, outcome.Errors);
        if (error is not null)
            outcome.Errors.Should().Contain(error).And.Contain("next: ");
    }

    [Theory]
    [InlineData(".wh.config.json", null, ".wh.config.json: in an image, a file of this name deletes another one")]
    [InlineData(".wh..wh..opq", null, "deletes another one")]
    [InlineData("config.json", "/etc/passwd", "tiny/config.json leads out of the store, to /etc/passwd")]
    public async Task A_file_that_is_something_else_in_an_image_is_refused(string name, string? target, string error)
    {
        var folder = Directory.CreateDirectory(Path.Combine(nix.Folder, $"odd-{Guid.NewGuid():N}")).FullName;
        if (target is null)
            await File.WriteAllTextAsync(Path.Combine(folder, name), "", Cancellation);
        else
            File.CreateSymbolicLink(Path.Combine(folder, name), target);

        var outcome = await nix.BuildAsync(
            NixVersion.Old,
            $$"""
            ({{NixFixture.Offline}}).ociImage {
              models.tiny = { type = "derivation"; name = "tiny"; outPath = builtins.path { path = {{folder}}; }; };
            }
            """
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(error).And.Contain("next: ");
    }

    [Theory]
    [InlineData("| head -c 100000 >/dev/null", "Broken pipe")]
    [InlineData(">/dev/full", "the disk is full: standard output")]
    public async Task An_archive_that_nobody_takes_is_an_error(string to, string error)
    {
        var image = await BuildAsync(NixVersion.Current, "image-7");

        var outcome = await InNamespaceAsync(
            $$"""mount --bind "$1" /nix && { "$2" image "$3"; echo "exit $?" >&2; } {{to}}""",
            [nix.OnDisk(NixVersion.Current, "/nix"), Executable.Fetcher, image]
        );

        outcome.Errors.Should().Contain(error).And.Contain($"exit {(int)ExitCode.LocalIO}");
    }

    [Fact]
    public async Task What_is_not_an_image_is_an_error()
    {
        var outcome = await Executable.RunAsync(Executable.Fetcher, ["image", nix.Folder]);

        outcome.ExitCode.Should().Be((int)ExitCode.Usage);
        outcome.Errors.Should().Contain("not an image of ociImage");
        outcome.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_layer_that_is_not_what_it_was_is_an_error()
    {
        var image = await BuildAsync(NixVersion.Current, "image-5");
        var copy = Path.Combine(nix.Folder, "altered");
        Directory.CreateDirectory(copy);
        var layers = JsonNode.Parse(await File.ReadAllTextAsync(OnDisk(image) + "/layers.json", Cancellation))!;
        layers[0]!["digest"] = layers[1]!["digest"]!.DeepClone();
        await File.WriteAllTextAsync($"{copy}/layers.json", layers.ToJsonString(), Cancellation);

        var outcome = await ImageAsync(copy, "--to", Path.Combine(nix.Folder, "altered-layout"));

        outcome.ExitCode.Should().Be((int)ExitCode.Integrity, outcome.Errors);
        outcome.Errors.Should().Contain("model-00001-of-00002.bin").And.Contain("next: nix-store --verify-path");
        Directory
            .GetFiles(Path.Combine(nix.Folder, "altered-layout"), "*", SearchOption.AllDirectories)
            .Should()
            .OnlyContain(file => file.EndsWith(".new", StringComparison.Ordinal), "nothing has a wrong name");
    }

    [Theory]
    [InlineData("models/config.json", 5)]
    [InlineData("models/ünïcode/🦙.bin", 600)]
    [InlineData("models/LONG/model.safetensors", 512)]
    public async Task Other_readers_read_the_archives(string path, int size)
    {
        path = path.Replace("LONG", string.Concat(Enumerable.Repeat("0123456789", 15)), StringComparison.Ordinal);
        using var archive = new MemoryStream();
        var tar = new ImageTar(archive);
        tar.AddFolder(Path.GetDirectoryName(path) + "/");
        tar.AddFile(path, size, isExecutable: true, to => to.Write(new byte[size]));
        tar.AddLink(path + ".link", path);
        tar.End();

        archive
            .Length.Should()
            .Be(
                ImageTar.SizeOf(Path.GetDirectoryName(path) + "/")
                    + ImageTar.SizeOfFile(path, size)
                    + ImageTar.SizeOf(path + ".link", path)
                    + ImageTar.EndSize
            );
        archive.Position = 0;
        using var reader = new TarReader(archive);
        (await reader.GetNextEntryAsync(cancellationToken: Cancellation))!
            .EntryType.Should()
            .Be(TarEntryType.Directory);
        var file = (await reader.GetNextEntryAsync(cancellationToken: Cancellation))!;
        (file.Name, file.Length, file.Uid, file.ModificationTime.ToUnixTimeSeconds())
            .Should()
            .Be((path, (long)size, 0, 1L));
        (await reader.GetNextEntryAsync(cancellationToken: Cancellation))!.LinkName.Should().Be(path);
    }

    [Fact]
    public async Task A_file_beyond_8_GiB_keeps_its_size()
    {
        const long size = 140_000_000_000;
        var path = Path.Combine(nix.Folder, "large.tar");
        await using (var archive = File.Create(path))
        {
            new ImageTar(archive).AddFile(
                "model.gguf",
                size,
                isExecutable: false,
                to => to.Seek(size, SeekOrigin.Current)
            );
            archive.SetLength(archive.Position);
        }

        var listed = await Executable.RunAsync("tar", ["-tvf", path]);

        listed.Output.Should().Contain("140000000000").And.EndWith("model.gguf\n");
        new FileInfo(path).Length.Should().Be(ImageTar.SizeOfFile("model.gguf", size));
    }

    private string OnDisk(string path) => nix.OnDisk(NixVersion.Current, path);

    private string[] LayersOf(string image) =>
        [
            .. JsonNode
                .Parse(File.ReadAllText(OnDisk(image) + "/layers.json"))!
                .AsArray()
                .Select(layer => (string)layer!["digest"]!),
        ];

    /// <summary>Builds the image of a model with two large files and one small one, in the sandbox.</summary>
    private async Task<string> BuildAsync(NixVersion version, string name)
    {
        if (!File.Exists(hub.Repository($"acme/{name}").Folder + "/config.json"))
        {
            hub.Repository($"acme/{name}")
                .File("config.json", "{}")
                .Lfs("model-00001-of-00002.bin", LockBench.Bytes(Shard, 1))
                .Lfs("model-00002-of-00002.bin", LockBench.Bytes(Shard, 2));
        }

        if (File.Exists(_bench.File))
            File.Delete(_bench.File);
        await _bench.PinAsync($"acme/{name}", "--name", "tiny");
        var built = await _bench.BuildAsync(
            nix,
            version,
            """
            ociImage {
              name = "acme/tiny"; tag = "1.0";
              models.tiny = { inherit lockFile; validation.preset = "minimal"; };
            }
            """
        );
        built.ExitCode.Should().Be(0, built.Errors);
        return built.Output.Trim();
    }

    private Task<Outcome> ImageAsync(string image, params string[] arguments) =>
        InNamespaceAsync(
            "mount --bind \"$1\" /nix && shift && exec \"$@\"",
            [nix.OnDisk(NixVersion.Current, "/nix"), Executable.Fetcher, "image", image, .. arguments]
        );

    private Task<Outcome> InNamespaceAsync(string script, params string[] arguments)
    {
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        return Executable.RunAsync(
            "unshare",
            [.. namespaces, "bash", "-c", script, "test", .. arguments],
            new Dictionary<string, string> { ["HOME"] = nix.Folder }
        );
    }
}
