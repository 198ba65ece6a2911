using System.Runtime.Versioning;
using NixAiModels.Cache;
using NixAiModels.Nar;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Cache;

[SupportedOSPlatform("linux")]
public sealed class SnapshotLinksTests : IDisposable
{
    private const string Snapshot = "hub/models--a--b/snapshots/6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";

    private readonly TemporaryFolder _folder = new();

    public SnapshotLinksTests()
    {
        _folder.Write("hub/models--a--b/blobs/aa", "config");
        _folder.Write("hub/models--a--b/blobs/bb", "weights");
        _folder.Write("plain/config.json", "config");
        _folder.Write("plain/onnx/model.onnx", "weights");
        Link($"{Snapshot}/config.json", "../../blobs/aa");
        Link($"{Snapshot}/onnx/model.onnx", "../../../blobs/bb");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData("/onnx", "/onnx")]
    [InlineData("/onnx/model.onnx", "/onnx/model.onnx")]
    public async Task A_snapshot_of_a_cache_has_the_hash_of_its_files(string below, string plain) =>
        (await HashAsync(Snapshot + below)).Should().Be(RealNix.HashPath(_folder["plain" + plain]));

    [Fact]
    public async Task A_cache_below_a_linked_folder_is_a_cache_too()
    {
        Link("home", "hub");

        (await HashAsync(Snapshot.Replace("hub/", "home/"))).Should().Be(RealNix.HashPath(_folder["plain"]));
    }

    [Theory]
    [InlineData("../../blobs/none", "nowhere", "hf download")]
    [InlineData("../../../../plain/config.json", "out of the cache's repository", "cp -rL ")]
    [InlineData("/etc/passwd", "out of the cache's repository", "cp -rL ")]
    [InlineData("../../blobs", "not lead to a file", "ls -l")]
    public async Task A_link_that_leads_elsewhere_is_refused_with_the_next_command(
        string target,
        string message,
        string next
    )
    {
        Link($"{Snapshot}/other", target);

        var failure = (await FluentActions.Awaiting(() => HashAsync(Snapshot)).Should().ThrowAsync<Failure>()).Which;

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Message.Should().Contain(message);
        failure.Next.Should().StartWith(next);
    }

    [Fact]
    public async Task A_snapshot_that_is_a_link_into_the_store_is_refused_with_the_store_path()
    {
        Link("hub/models--a--b/snapshots/linked", _folder["plain"]);

        var failure = (
            await FluentActions
                .Awaiting(() => HashAsync("hub/models--a--b/snapshots/linked"))
                .Should()
                .ThrowAsync<Failure>()
        ).Which;

        failure.Next.Should().Be($"nix-ai-models hash {_folder["plain"]}");
    }

    [Fact]
    public async Task Links_elsewhere_are_hashed_as_links_with_a_warning_where_they_look_like_a_cache()
    {
        Link("link", Snapshot);

        foreach (var path in new[] { "link", "hub", "hub/models--a--b", "hub/models--a--b/snapshots" })
        {
            (await HashAsync(path)).Should().Be(RealNix.HashPath(_folder[path]), path);
            SnapshotLinks.Warning(_folder[path]).Should().Contain("nix-ai-models hash ", path);
        }

        SnapshotLinks.Warning(_folder["plain"]).Should().BeNull();
        SnapshotLinks.Warning(_folder["plain/config.json"]).Should().BeNull();
    }

    private async Task<string> HashAsync(string path) =>
        (
            await NarHash.OfPathAsync(
                _folder[path],
                SnapshotLinks.In(_folder[path]),
                TestContext.Current.CancellationToken
            )
        ).Sri;

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.CreateSymbolicLink(_folder[path], target);
    }
}
