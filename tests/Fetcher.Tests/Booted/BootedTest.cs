using System.Text.RegularExpressions;
using NixAiModels.Nar;

namespace NixAiModels.Tests.Booted;

/// <summary>A test on the machine, which has no configuration before it, and must not have said the token after
/// it.</summary>
public abstract class BootedTest(Machine machine) : IAsyncLifetime
{
    protected const string Token = "hf_theTokenThatNobodyMaySee";

    protected const string TokenFile = "/var/secrets/hf-token";

    protected const string Cache = "/var/cache/huggingface/hub";

    protected Machine Machine => machine;

    internal NixOSSystem NixOS { get; } = new(machine);

    public virtual async ValueTask InitializeAsync()
    {
        await NixOS.SwitchToAsync("{ }");
        await machine.DoAsync(
            "rm -rf /var/cache/huggingface /srv/models; journalctl --rotate; journalctl --vacuum-time=1s"
        );
        await machine.WriteAsync(TokenFile, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await NixOS.SwitchToAsync("{ }");
        (await machine.RunAsync($"! journalctl --no-pager | grep -F {Token}")).ExitCode.Should().Be(0);
        (await machine.RunAsync("journalctl --no-pager | grep -F 'GC Warning'")).Output.Should().BeEmpty();
        (await machine.RunAsync($"grep -rlF {Token} /nix/store /var/lib/ai-models /var/cache/huggingface"))
            .Output.Should()
            .BeEmpty();
        GC.SuppressFinalize(this);
    }

    /// <summary>A model of a configuration: two files of a repository of the hub at its present commit.</summary>
    protected async Task<BootedModel> ModelAsync(string repository, string? token = null, string text = "{}")
    {
        var served = machine.Hub.Repository(repository).File("config.json", text).Lfs("model.bin", new byte[1000]);
        if (token is not null)
            served.Gated(token);
        var commit = await machine.Hub.CommitAsync(repository, token: token);
        var hash = (await NarHash.OfPathAsync(served.Folder, TestContext.Current.CancellationToken)).Sri;
        return new BootedModel(repository, commit, hash, machine.Hub.Endpoint);
    }

    /// <summary>A NixOS module with these options of ours, and the token.</summary>
    protected string WithToken(string options) =>
        Without($"auth = {{ tokenFile = \"{TokenFile}\"; endpoints = [ \"{machine.Hub.Endpoint}\" ]; }}; {options}");

    /// <summary>A NixOS module with these options of ours.</summary>
    protected static string Without(string options) =>
        $"{{ services.ai-models = {{ enable = true; validation.preset = \"minimal\"; {options} }}; }}";

    /// <summary>Waits until a model is in the cache.</summary>
    protected Task LinkedAsync(BootedModel model, string cache = Cache, int seconds = 30) =>
        machine.UntilAsync($"[ -e {model.In(cache)}/config.json ]", seconds);

    /// <summary>Waits until the service has ended, and finds the models of the cache.</summary>
    protected async Task<string[]> FoundAsync(string cache = Cache)
    {
        await machine.UntilAsync("systemctl is-active ai-models.service && ! systemctl list-jobs | grep ai-models");
        return await FilesAsync(cache);
    }

    /// <summary>The repositories and snapshots of a cache that lead somewhere.</summary>
    protected async Task<string[]> FilesAsync(string cache) =>
        (await machine.DoAsync($"cd {cache} 2>/dev/null || exit 0; ls -d models--*/snapshots/*/ 2>/dev/null || true"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(path => Regex.Replace(path, "models--(.*?)--(.*?)/snapshots/(.*)/", "$1/$2 $3"))
            .ToArray();
}

/// <summary>A model that the hub serves.</summary>
public sealed record BootedModel(string Repository, string Commit, string Hash, string Endpoint)
{
    /// <summary>Its definition, pinned or not.</summary>
    public string Definition(bool pinned = true) =>
        $"{{ source.huggingface = {{ repo = \"{Repository}\"; endpoint = \"{Endpoint}\"; "
        + $"{(pinned ? $"rev = \"{Commit}\"; " : "")}}}; hash = \"{Hash}\"; }}";

    public string In(string cache) =>
        $"{cache}/models--{Repository.Replace("/", "--", StringComparison.Ordinal)}/snapshots/{Commit}";

    /// <summary>As <see cref="BootedTest.FilesAsync"/> has it.</summary>
    public override string ToString() => $"{Repository} {Commit}";
}
