namespace NixAiModels.Hub;

/// <summary>Looks for a token in all the places where people keep one.</summary>
internal sealed class HubTokenSearch(
    HubEndpoint endpoint,
    TokenScope scope,
    EnvironmentVariables variables,
    Action<string>? warning
)
{
    /// <summary>The first source that has a token wins.</summary>
    public HubToken? Find(string? file, string? variable) =>
        (file is null ? null : HubToken.FromFile(file, $"{file} (--token-file)", scope))
        ?? (variable is null ? null : FromNamed(variable))
        ?? FromVariable("HF_TOKEN")
        ?? FromVariable("HUGGING_FACE_HUB_TOKEN")
        ?? FromNamedFile()
        ?? FromHome()
        ?? FromNetrc();

    private HubToken? FromVariable(string name) =>
        variables[name] is { } value ? HubToken.FromVariable(name, value, scope) : null;

    /// <summary>The variable is named by data, which could name any other secret.</summary>
    private HubToken? FromNamed(string name)
    {
        TokenVariable.Require(name);
        if (variables[name] is not { } value || value.TrimStart().StartsWith("hf_", StringComparison.Ordinal))
            return FromVariable(name);
        warning?.Invoke($"{name} (auth.tokenEnvVar) is not a token of the hub: it does not begin with hf_");
        return null;
    }

    private HubToken? FromNamedFile() =>
        variables["HF_TOKEN_PATH"] is { } file && Read(file, namedBy: "HF_TOKEN_PATH") is { } text
            ? HubToken.Parse(text, $"{file} (HF_TOKEN_PATH)", scope)
            : null;

    private HubToken? FromHome()
    {
        if (HubCacheFolder.Home(variables) is not { } home)
            return null;
        var file = Path.Combine(home, "token");
        return Read(file, namedBy: null) is { } text ? HubToken.Parse(text, file, scope) : null;
    }

    private HubToken? FromNetrc() =>
        Entry() is (var file, { Password: { } password } entry)
            ? HubToken.Parse(password, NameOf(file, entry), TokenScope.OfMachine(entry.Machine))
            : null;

    /// <summary>What netrc holds for a server that is not a hub: a user name and a password, or a token without a user
    /// name. Nothing where everybody on the way could read it: a lock file chooses the address, not the user.</summary>
    public HubToken? FindPassword()
    {
        if (Entry() is not (var file, { Password: { } password } entry))
            return null;
        if (TokenScope.IsReadable(endpoint.Address))
        {
            warning?.Invoke($"the password for {entry.Machine} in {file} goes over https only: {endpoint}");
            return null;
        }

        return entry.Login is null
            ? FromNetrc()
            : HubToken.OfLogin(entry.Login, password, NameOf(file, entry), TokenScope.OfMachine(entry.Machine));
    }

    private (string File, Netrc.Entry Entry)? Entry()
    {
        var named = variables["NETRC"];
        var file = named ?? UserFile(".netrc");
        return
            file is not null
            && Read(file, named is null ? null : "NETRC") is { } text
            && Netrc.Parse(text).EntryFor(endpoint.Address.Host) is { } entry
            ? (file, entry)
            : null;
    }

    private static string NameOf(string file, Netrc.Entry entry) => $"{file} (machine {entry.Machine})";

    /// <summary>Reads a file that no option names: if it cannot be read, the next source is tried.</summary>
    private string? Read(string file, string? namedBy)
    {
        try
        {
            return File.ReadAllText(Expand(file));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (namedBy is not null)
                warning?.Invoke($"no such file: {file} ({namedBy}; in a build, it must be in the sandbox)");
            return null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            warning?.Invoke($"could not read a token: {file} ({exception.Message.TrimEnd('.')})");
            return null;
        }
    }

    private string Expand(string path) =>
        path.StartsWith("~/", StringComparison.Ordinal) ? UserFile(path[2..]) ?? path : path;

    private string? UserFile(string path) => variables["HOME"] is { } home ? Path.Combine(home, path) : null;
}
