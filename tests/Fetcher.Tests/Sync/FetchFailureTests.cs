using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Sync;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Sync;

/// <summary>The service retries exit code 5, not 6.</summary>
public sealed class FetchFailureTests
{
    private static readonly ModelSource Source = new(
        RepositoryId.Parse("acme/part", "dataset"),
        "v1.0",
        new Selection(["config.json"], [], ["*.bin"]),
        null,
        null,
        null,
        null,
        null,
        "name",
        "hash"
    );

    [Fact]
    public void Bytes_that_the_hub_does_not_list_are_the_networks_fault()
    {
        Failure[] failures =
        [
            new(ExitCode.Integrity, "model.bin: the server sent 512 bytes", cause: new TransferFault("")),
            new HubFailure(HubFailureKind.InvalidResponse, "the hub's answer has no sha"),
        ];

        foreach (var failure in failures)
            FetchFailure.Of(failure, Source).Code.Should().Be(ExitCode.Network);
    }

    [Fact]
    public void Another_hash_than_the_pinned_one_stays_and_names_the_repository()
    {
        var failure = FetchFailure.Of(new BuildMismatch("got: sha256-…"), Source);

        failure.Code.Should().Be(ExitCode.Integrity);
        failure
            .Next.Should()
            .StartWith("nix-prefetch-hf acme/part --rev v1.0 --type dataset --file config.json --exclude '*.bin'")
            .And.Contain("nix run github:nix-ai-models/nix-ai-models#nix-prefetch-hf -- acme/part");
    }
}
