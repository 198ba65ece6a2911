using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

/// <summary>A server that lists ever new files.</summary>
[Collection(ProcessMemory.Name)]
public sealed class EndlessListingTests
{
    [Fact]
    public async Task Endless_pages_of_ever_new_files_end_within_256_MB()
    {
        var (oid, sha) = (Clients.Commit, new string('a', 64));
        var (name, most) = (0, 0L);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var server = new ScriptedServer(_ =>
        {
            if (name > 280_000)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            var entries = Enumerable
                .Range(0, 10_000)
                .Select(_ =>
                    $$"""{"type":"file","path":"{{name++}}","oid":"{{oid}}","lfs":{"oid":"{{sha}}","size":1} }"""
                );
            return Answer(200, $"[{string.Join(',', entries)}]", $"Link: <?cursor={name}>; rel=\"next\"");
        });
        using var client = Clients.Open(server.Url);

        var listing = () => client.ListFilesAsync(Clients.Tiny, Clients.Commit, TestContext.Current.CancellationToken);

        (await listing.Should().ThrowAsync<HubFailure>()).WithMessage(
            "*endless listing (it has more than 300,000 entries)*"
        );
        most.Should().BeLessThan(256 << 20);
    }
}
