using NixAiModels.Sync;

namespace NixAiModels.Tests.Cache;

/// <summary>A crash is injected before every single change; after each the cache works, and the next run
/// finishes.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["sub/model.safetensors"] = "weights",
    };

    private readonly PrivateStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("a first model")]
    [InlineData("another revision")]
    [InlineData("a selection")]
    [InlineData("a selection becomes everything")]
    [InlineData("everything becomes a selection")]
    [InlineData("the last model goes, a ref comes back")]
    [InlineData("another cache, not called hub")]
    public async Task A_crash_at_any_step_leaves_a_cache_that_works_and_a_next_run_that_finishes(string change)
    {
        var first = _store.Model("tiny", "acme/tiny", Files);
        var second = _store.Model(
            "tiny",
            "acme/tiny",
            new Dictionary<string, string>(Files) { ["config.json"] = "changed" }
        );
        var all = first with { Commit = second.Commit };
        var part = second with { Partial = true };
        var (before, after, cache) = change switch
        {
            "a first model" => (null, first, _store.Cache),
            "another revision" => (first, second, _store.Cache),
            "a selection" => (null, part, _store.Cache),
            "a selection becomes everything" => (part, all, _store.Cache),
            "everything becomes a selection" => (all, part, _store.Cache),
            "another cache, not called hub" => (first, first, _store["models"]),
            _ => (first, (TestModel?)null, _store.Cache),
        };

        string[]? expected = null;
        for (var step = 0; ; step++)
        {
            StartAgain();
            if (before is not null)
                await RunAsync(_store.Manifest([before]), -1);
            var manifest = _store.Manifest(after is null ? [] : [after], cache);
            if (expected is null)
            {
                await RunAsync(manifest, -1);
                expected = Everything();
                step--;
                continue;
            }

            var crashed = !await RunAsync(manifest, step);
            Complaints().Should().BeEmpty("it crashed before change {0}", step);
            await RunAsync(manifest, -1);
            Everything().Should().Equal(expected, "the run after a crash before change {0} finishes", step);
            if (!crashed)
            {
                step.Should().BeGreaterThan(4);
                return;
            }
        }
    }

    private void StartAgain()
    {
        foreach (var folder in (string[])[_store["home"], _store["models"], _store.State])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        // A download of the user's own, which stays whatever happens.
        var own = PrivateStore.Hex("own");
        var repository = Path.Combine(_store.Cache, "models--acme--tiny");
        Directory.CreateDirectory($"{repository}/snapshots/{own}");
        Directory.CreateDirectory($"{repository}/refs");
        File.WriteAllText($"{repository}/snapshots/{own}/config.json", "own");
        File.WriteAllText($"{repository}/refs/main", own);
    }

    private string[] Everything() =>
        [
            .. CacheView.Of(_store["home"]),
            .. CacheView.Of(_store["models"]),
            .. CacheView.Of(_store.State).Where(line => line.StartsWith("state.json", StringComparison.Ordinal)),
        ];

    private string[] Complaints() =>
        [.. CacheView.Complaints(_store.Cache), .. CacheView.Complaints(_store["models/hub"])];

    /// <summary>Runs to the end, or to a crash before a change.</summary>
    private static async Task<bool> RunAsync(string manifest, int crashBefore)
    {
        var run = new SyncRun(SyncManifest.Read(manifest), null, dryRun: false)
        {
            OwnerCanWriteTo = _ => false,
            BeforeEachChange = _ =>
            {
                if (crashBefore-- == 0)
                    throw new InvalidProgramException("crash");
            },
        };
        try
        {
            (await run.RunAsync(Cancellation)).Should().Be(ExitCode.Done);
            return true;
        }
        catch (InvalidProgramException)
        {
            return false;
        }
    }
}
