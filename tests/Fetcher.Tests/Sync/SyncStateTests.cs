using NixAiModels.Posix;
using NixAiModels.Sync;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Sync;

public sealed class SyncStateTests : IDisposable
{
    private static readonly string Text = """
        {"version":1,"models":[{"name":"m","outputs":["/nix/store/out"],
        "placement":{"repository":"/hub/models--a--m","alias":null,"commit":"c","raw":"/nix/store/raw",
        "files":["a.txt"],"blobs":{"2":"a.txt","1":"a.txt"},"refs":["main"]}},
        {"name":"n","outputs":[],"placement":null}],"previousRefs":{"/hub/models--a--m/refs/main":"d"}}
        """.ReplaceLineEndings("");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_state_is_written_as_it_was_read()
    {
        var file = _folder.Write("state.json", Text);
        using var folder = FolderHandle.Open(_folder.Root);
        var state = SyncState.Read(folder, _folder.Root);

        state.PreviousRefs["/a"] = "added";
        state.Save(folder);

        File.ReadAllText(file)
            .Should()
            .Be(Text.Replace("\"previousRefs\":{", "\"previousRefs\":{\"/a\":\"added\",", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"models":[],"previousRefs":{}}""")]
    [InlineData("""{"version":1,"models":[{"name":"m","outputs":[]}],"previousRefs":{}}""")]
    [InlineData("""{"version":1,"models":[{"name":null,"outputs":[],"placement":null}],"previousRefs":{}}""")]
    public void A_damaged_state_is_a_local_error_with_the_way_out(string text)
    {
        _folder.Write("state.json", text);

        using var folder = FolderHandle.Open(_folder.Root);
        var failure = FluentActions
            .Invoking(() => SyncState.Read(folder, _folder.Root))
            .Should()
            .Throw<Failure>()
            .Which;

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Next.Should().StartWith("mv '");
    }
}
