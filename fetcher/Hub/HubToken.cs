using System.Net.Http.Headers;
using System.Text;

namespace NixAiModels.Hub;

/// <summary>A token of the Hub, where it came from and where it may go. Its value appears in no text, and there is no
/// other way to it than the header of a request that it may go with.</summary>
public sealed class HubToken
{
    private const string Format =
        "a token is one line that starts with hf_; make one at https://huggingface.co/settings/tokens";

    private readonly AuthenticationHeaderValue _header;
    private readonly TokenScope _scope;

    private HubToken(AuthenticationHeaderValue header, string source, TokenScope scope) =>
        (_header, Source, _scope) = (header, source, scope);

    /// <summary>Where it came from, as whoever set it knows the place: a variable's name, a file and the option that
    /// names it, a netrc file and its machine.</summary>
    public string Source { get; }

    /// <summary>Takes a token from an environment variable.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value; surrounding white space is dropped.</param>
    /// <param name="scope">Where it may go.</param>
    /// <returns>The token, or <see langword="null"/> where the value is empty.</returns>
    /// <exception cref="Failure">The value cannot be a token (exit code 2).</exception>
    public static HubToken? FromVariable(string name, string value, TokenScope scope) => Parse(value, name, scope);

    /// <summary>Reads the token from a file that was named for it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="source">Where the token comes from, for messages.</param>
    /// <param name="scope">Where it may go.</param>
    /// <exception cref="Failure">The file cannot be read (exit code 7), or holds no token (exit code 2).</exception>
    public static HubToken FromFile(string file, string source, TokenScope scope)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, file);
        }

        return Parse(text, source, scope) ?? throw new Failure(ExitCode.Usage, $"empty token file: {source}", Format);
    }

    /// <summary>A token, or <see langword="null"/> where there is only white space.</summary>
    internal static HubToken? Parse(string text, string source, TokenScope scope)
    {
        var token = text.Trim();
        if (token.Length == 0)
            return null;
        Redaction.Hide(token);
        return token.All(c => c is > ' ' and <= '~')
            ? new HubToken(new AuthenticationHeaderValue("Bearer", token), source, scope)
            : throw new Failure(
                ExitCode.Usage,
                $"invalid token in {source}: it has spaces, line breaks or other characters that no token has",
                Format
            );
    }

    /// <summary>A user name and a password (RFC 7617).</summary>
    internal static HubToken OfLogin(string login, string password, string source, TokenScope scope)
    {
        var value = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{password}"));
        Redaction.Hide(password);
        Redaction.Hide(value);
        return new HubToken(new AuthenticationHeaderValue("Basic", value), source, scope);
    }

    /// <summary>Looks for a token; the first source that has one wins: <c>--token-file</c>, the variable that a
    /// definition names, <c>HF_TOKEN</c>, <c>HUGGING_FACE_HUB_TOKEN</c>, the file in <c>HF_TOKEN_PATH</c>,
    /// <c>$HF_HOME/token</c>, the endpoint's entry in netrc.</summary>
    /// <param name="endpoint">The endpoint that is asked.</param>
    /// <param name="scope">Where a token may go.</param>
    /// <param name="file">The file of <c>--token-file</c>, if given.</param>
    /// <param name="warning">Told of files that cannot be read.</param>
    /// <param name="environment">The environment; that of the process if not given.</param>
    /// <param name="variable">The variable that a definition names in <c>auth.tokenEnvVar</c>, if it does.</param>
    /// <returns>The token, or <see langword="null"/> where no source has one.</returns>
    /// <exception cref="Failure">The option's file cannot be read (exit code 7), or a source holds an invalid token
    /// (exit code 2).</exception>
    public static HubToken? Find(
        HubEndpoint endpoint,
        TokenScope scope,
        string? file,
        Action<string>? warning = null,
        EnvironmentVariables? environment = null,
        string? variable = null
    ) =>
        new HubTokenSearch(endpoint, scope, environment ?? EnvironmentVariables.OfProcess, warning).Find(
            file,
            variable
        );

    /// <summary>Looks in netrc for the password, or the token, of a server that is not a hub.</summary>
    /// <param name="server">The server.</param>
    /// <param name="warning">Told of files that cannot be read.</param>
    /// <param name="environment">The environment.</param>
    internal static HubToken? FindPassword(
        HubEndpoint server,
        Action<string>? warning,
        EnvironmentVariables environment
    ) => new HubTokenSearch(server, TokenScope.OfMachine(server.Address.Host), environment, warning).FindPassword();

    /// <summary>The header of a request; <see langword="null"/> where the token may not go with it.</summary>
    internal AuthenticationHeaderValue? HeaderFor(Uri url) => _scope.Includes(url) ? _header : null;

    /// <summary>Whether the token is kept from an endpoint.</summary>
    internal bool IsKeptFrom(HubEndpoint endpoint) => !_scope.Includes(endpoint.Address);

    /// <summary>A line that allows an endpoint.</summary>
    internal string Allowing(HubEndpoint endpoint) => _scope.Allowing(endpoint);

    /// <summary>Where the token came from, never the token.</summary>
    public override string ToString() => $"token from {Source}";
}
