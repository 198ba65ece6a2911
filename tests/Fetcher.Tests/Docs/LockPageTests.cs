using System.Text;
using NixAiModels.Locking;

namespace NixAiModels.Tests.Docs;

/// <summary>The lock file that docs/lock.md shows is one.</summary>
public sealed class LockPageTests
{
    [Fact]
    public void The_example_is_accepted_by_the_reader()
    {
        var shown = Snippet.All("json").Single(snippet => snippet.Page == "docs/lock.md");

        LockReader.Read(Encoding.UTF8.GetBytes(shown.Text), shown.Page).Models.Keys.Should().Equal("llama");
    }
}
