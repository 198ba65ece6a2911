namespace NixAiModels.Bench;

/// <summary>Runs downloaders against nginx, each time in a new, empty folder.</summary>
/// <param name="nginx">The server.</param>
/// <param name="ours">The path of nix-prefetch-hf.</param>
internal sealed class Client(Nginx nginx, string ours)
{
    /// <summary>The folder that a command runs in and downloads to.</summary>
    public string Output { get; } = Path.Combine(nginx.Folder, "out");

    /// <summary>Times nix-prefetch-hf.</summary>
    public Cost Prefetch(string endpoint, string repository, params string[] options) =>
        Time(
            endpoint,
            () => [ours, $"bench/{repository}", "--rev", Nginx.Commit, "--no-store", "--format", "sri", .. options]
        );

    /// <summary>Times a command, which may write a list of URLs into the new folder.</summary>
    public Cost Time(string endpoint, Func<string[]> command)
    {
        if (Directory.Exists(Output))
            Directory.Delete(Output, recursive: true);
        Directory.CreateDirectory(Output);
        return Shell.Time(
            Output,
            command(),
            new Dictionary<string, string>
            {
                ["NIX_SSL_CERT_FILE"] = nginx.Certificate,
                ["HF_ENDPOINT"] = endpoint,
                ["XDG_CACHE_HOME"] = Output,
                ["HF_TOKEN"] = "",
                ["HF_HUB_DISABLE_XET"] = "1",
                ["HF_HUB_CACHE"] = Path.Combine(Output, "cache"),
                ["NODE_EXTRA_CA_CERTS"] = nginx.Certificate,
                ["SSL_CERT_FILE"] = nginx.Certificate,
            }
        );
    }
}
