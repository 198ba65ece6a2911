using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;

namespace NixAiModels.Tests.Published;

/// <summary>An address that data names, here that of a hub that would take any token, gets none.</summary>
public sealed class WithheldTokenTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private const string Token = "hf_withheld";

    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("a pasted address")]
    [InlineData("a pasted address and netrc's default")]
    [InlineData("a lock entry that is fetched")]
    [InlineData("a lock entry that is updated")]
    [InlineData("a signed lock entry that is verified")]
    public async Task A_token_is_withheld_from_an_address_that_data_names_until_its_owner_names_it(string place)
    {
        var name = $"acme/{place.Replace(' ', '-').Replace('\'', '-')}";
        hub.Repository(name).File("config.json", $"{{ \"{Guid.NewGuid()}\": 1 }}").Private(Token);
        var pinned = await RunAsync(
            Executable.Prefetch,
            ["lock", "add", name, "--lock-file", _bench.File, "--name", "m", "--endpoint", hub.Endpoint],
            ("HF_TOKEN", Token),
            ("PATH", "/nowhere")
        );
        pinned.ExitCode.Should().Be(0, pinned.Errors);
        var key = await _bench.SignAsAsync("team-1");
        var netrc = Path.Combine(_bench.Folder, "netrc");
        await File.WriteAllTextAsync(netrc, $"default login me password {Token}", Cancellation);
        var (program, arguments) = place switch
        {
            "a lock entry that is fetched" => (
                Executable.Prefetch,
                (string[])["lock", "fetch", "m", "--lock-file", _bench.File]
            ),
            "a lock entry that is updated" => (
                Executable.Prefetch,
                ["lock", "update", "--dry-run", "--lock-file", _bench.File]
            ),
            "a signed lock entry that is verified" => (
                Executable.Prefetch,
                ["lock", "verify", "--lock-file", _bench.File, "--trusted-public-keys", key]
            ),
            _ => (Executable.Prefetch, [$"{hub.Endpoint}/{name}", "--dry-run"]),
        };
        var hasNetrc = place.Contains("netrc", StringComparison.Ordinal);
        var token = hasNetrc ? ("NETRC", netrc) : ("HF_TOKEN", Token);
        await hub.ClearRecordAsync();

        var refused = await RunAsync(program, arguments, token);

        refused.ExitCode.Should().Be(4, refused.Errors);
        if (!hasNetrc)
        {
            refused.Errors.Should().Contain("the token from HF_TOKEN was withheld");
            refused.Errors.Should().Contain($"--endpoint {hub.Endpoint}");
        }

        (await hub.RecordAsync()).Should().NotBeEmpty().And.NotContain(request => request.Authorization);

        if (hasNetrc)
            await File.WriteAllTextAsync(netrc, $"machine 127.0.0.1 password {Token}", Cancellation);
        var isFetched = place.Contains("fetched", StringComparison.Ordinal);
        var allowed = hasNetrc || isFetched ? arguments : (string[])[.. arguments, "--endpoint", hub.Endpoint];
        var variables = isFetched ? [token, ("HF_ENDPOINT", hub.Endpoint)] : new[] { token };
        await RunAsync(program, allowed, variables);
        (await hub.RecordAsync()).Should().Contain(request => request.Authorization);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<Outcome> RunAsync(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        environment["HOME"] = _bench.Folder;
        return Executable.RunAsync(program, arguments, environment, _bench.Folder);
    }
}
