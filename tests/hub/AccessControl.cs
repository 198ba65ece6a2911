namespace NixAiModels.TestHub;

/// <summary>Who may read what, and the error for everybody else (HUB-PROTOCOL, "Errors").</summary>
internal sealed class AccessControl(HubFolder folder, IReadOnlySet<string> tokens)
{
    public const string BadToken = "Invalid credentials in Authorization header";

    public bool IsKnown(string token) => tokens.Contains(token) || folder.KnownTokens().Contains(token);

    /// <summary>Answers with an error and returns true if the client may not read the repository (null if there is
    /// none).</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="file">Whether a file is requested: gated repositories show their listing to everybody.</param>
    public async Task<bool> RefusesAsync(Exchange exchange, Repository? repository, bool file)
    {
        if (Refusal(exchange.Token, repository, file) is not var (status, code, message))
            return false;
        await exchange.ErrorAsync(status, code, message);
        return true;
    }

    private (int Status, string? Code, string Message)? Refusal(string? token, Repository? repository, bool file)
    {
        if (token is not null && !IsKnown(token))
            return (401, null, BadToken);

        var settings = repository?.Settings;
        var mayRead = token is not null && settings?.Tokens.Contains(token) == true;
        if (settings is null || (settings.Private && !mayRead))
        {
            return token is null
                ? (401, "RepoNotFound", "Invalid username or password.")
                : (404, "RepoNotFound", "Repository not found");
        }

        if (settings.Disabled)
            return (403, null, "Access to this resource is disabled.");
        if (!file || settings.Gated is null || mayRead)
            return null;
        if (token is null)
        {
            return (
                401,
                "GatedRepo",
                $"Access to {repository!.Key} is restricted. "
                    + "You must have access to it and be authenticated to access it. Please log in."
            );
        }

        if (settings.LimitedTokens.Contains(token))
        {
            return (
                403,
                null,
                "Please enable access to public gated repositories in your fine-grained token settings "
                    + "to view this repository."
            );
        }

        return (
            403,
            "GatedRepo",
            $"Access to {repository!.Key} is restricted and you are not in the authorized list. "
                + "Visit its page to ask for access."
        );
    }
}
