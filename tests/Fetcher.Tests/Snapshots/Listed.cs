using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Snapshots;

/// <summary>Listings for tests.</summary>
internal static class Listed
{
    internal static HubFile File(string path, long size = 1000) =>
        new(path, size, GitBlobId.Parse("0123456789abcdef0123456789abcdef01234567"));

    internal static HubFile[] Files(params string[] paths) => [.. paths.Select(path => File(path))];

    internal static HubFile[] Shards(string stem, string extension, int total) =>
        [
            .. Enumerable
                .Range(1, total)
                .Select(n => File($"{stem}-{n:00000}-of-{total:00000}{extension}", 5_000_000_000)),
        ];
}
