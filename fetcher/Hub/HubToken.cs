namespace NixAiModels.Hub;

/// <summary>A token of the Hub, and where it came from. It shows itself to nobody.</summary>
public sealed class HubToken
{
    internal HubToken(string value, string source) => (Value, Source) = (value, source);

    /// <summary>Where it came from: <c>HF_TOKEN</c>, or a file.</summary>
    public string Source { get; }

    internal string Value { get; }

    /// <summary>Looks for a token; the first source that has one wins: the file of the option, the user's own variable,
    /// <c>HF_TOKEN</c>, <c>HUGGING_FACE_HUB_TOKEN</c>, the file named by <c>HF_TOKEN_PATH</c>, <c>$HF_HOME/token</c>,
    /// the endpoint's entry in netrc.</summary>
    /// <param name="endpoint">The endpoint that the token is for.</param>
    /// <param name="file">The file of the option <c>--token-file</c>, if given.</param>
    /// <param name="warning">Told of files that cannot be read.</param>
    /// <param name="environment">The environment; that of the process if not given.</param>
    /// <param name="variable">A variable of the user's own that may hold the token, if a definition names one
    /// (<c>auth.tokenEnvVar</c>).</param>
    /// <returns>The token, or <see langword="null"/> where no source has one.</returns>
    /// <exception cref="Failure">The option's file cannot be read (exit code 7), or what a source holds can be no token
    /// (exit code 2).</exception>
    public static HubToken? Find(
        HubEndpoint endpoint,
        string? file,
        Action<string>? warning = null,
        EnvironmentVariables? environment = null,
        string? variable = null
    ) => new HubTokenSearch(endpoint, environment ?? EnvironmentVariables.OfProcess, warning).Find(file, variable);

    /// <summary>Where the token came from, never the token.</summary>
    public override string ToString() => $"token from {Source}";
}
