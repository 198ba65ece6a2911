using NixAiModels.Posix;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Posix;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_replaced_hands_on_its_permissions()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(_folder.Write("file", "old"), ownerOnly);

        AtomicFile.Write(_folder["file"], "new"u8);

        File.ReadAllText(_folder["file"]).Should().Be("new");
        File.GetUnixFileMode(_folder["file"]).Should().Be(ownerOnly);
        Directory.GetFileSystemEntries(_folder.Root).Should().ContainSingle();
    }

    [Fact]
    public void A_link_is_replaced_and_what_it_leads_to_stays()
    {
        _folder.Write("target", "old");
        File.CreateSymbolicLink(_folder["link"], "target");

        AtomicFile.Write(_folder["link"], "new"u8);

        File.ReadAllText(_folder["target"]).Should().Be("old");
        new FileInfo(_folder["link"]).LinkTarget.Should().BeNull();
    }

    [Fact]
    public void Where_writing_fails_the_old_file_stays_and_nothing_beside_it()
    {
        _folder.Write("folder/file", "old");

        FluentActions.Invoking(() => AtomicFile.Write(_folder["folder"], "new"u8)).Should().Throw<IOException>();

        File.ReadAllText(_folder["folder/file"]).Should().Be("old");
        Directory.GetFileSystemEntries(_folder.Root).Should().ContainSingle();
    }
}
