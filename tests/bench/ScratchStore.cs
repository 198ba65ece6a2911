namespace NixAiModels.Bench;

/// <summary>A Nix store of its own for each command, without a daemon; the peak of the disk is watched.</summary>
/// <param name="folder">Where it is made and removed.</param>
internal sealed class ScratchStore(string folder) : IDisposable
{
    private readonly string _home = Path.Combine(folder, "home");

    /// <summary>The environment of Nix' commands.</summary>
    public Dictionary<string, string> Environment =>
        new()
        {
            ["HF_ENDPOINT"] = $"http://127.0.0.1:{Nginx.Port}",
            ["HF_TOKEN"] = "",
            ["HOME"] = _home,
            ["XDG_CACHE_HOME"] = Path.Combine(_home, "cache"),
            ["TMPDIR"] = _home,
            ["NIX_REMOTE"] = Path.Combine(_home, "root"),
            ["NIX_CONF_DIR"] = _home,
        };

    /// <summary>Times a command in a new, empty store.</summary>
    /// <returns>Its cost, and the most that it used of the disk, GiB.</returns>
    public (Cost Cost, double Disk) Time(params string[] command)
    {
        Renew();
        using var disk = new DiskPeak(_home);
        return (Shell.Time(folder, command, Environment), disk.Peak);
    }

    /// <summary>Empties the store.</summary>
    public void Renew()
    {
        Dispose();
        Directory.CreateDirectory(_home);
        File.WriteAllText(Path.Combine(_home, "nix.conf"), "build-users-group =\nsubstituters =\n");
    }

    public void Dispose()
    {
        if (!Directory.Exists(_home))
            return;
        Shell.Run("chmod", ["-R", "u+w", _home]);
        Directory.Delete(_home, recursive: true);
    }
}
