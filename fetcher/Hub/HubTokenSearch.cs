namespace NixAiModels.Hub;

/// <summary>Looks for a token where people keep them.</summary>
internal sealed class HubTokenSearch(HubEndpoint endpoint, EnvironmentVariables environment, Action<string>? warning)
{
    /// <summary>The first source that has a token wins.</summary>
    public HubToken? Find(string? file, string? variable) =>
        (file is null ? null : HubToken.FromFile(file, $"{file} (--token-file)"))
        ?? (variable is null ? null : FromVariable(variable))
        ?? FromVariable("HF_TOKEN")
        ?? FromVariable("HUGGING_FACE_HUB_TOKEN")
        ?? FromNamedFile()
        ?? FromHome()
        ?? FromNetrc();

    private HubToken? FromVariable(string name) =>
        environment[name] is { } value ? HubToken.FromVariable(name, value) : null;

    private HubToken? FromNamedFile() =>
        environment["HF_TOKEN_PATH"] is { } file && Read(file, mustBeThere: "HF_TOKEN_PATH") is { } text
            ? HubToken.Parse(text, $"{file} (HF_TOKEN_PATH)")
            : null;

    private HubToken? FromHome()
    {
        var home =
            environment["HF_HOME"]
            ?? (
                environment["XDG_CACHE_HOME"] is { } cache
                    ? Path.Combine(cache, "huggingface")
                    : UserFile(".cache/huggingface")
            );
        if (home is null)
            return null;
        var file = Path.Combine(Expand(home), "token");
        return Read(file, mustBeThere: null) is { } text ? HubToken.Parse(text, file) : null;
    }

    private HubToken? FromNetrc()
    {
        var named = environment["NETRC"];
        var file = named ?? UserFile(".netrc");
        if (file is null || Read(file, named is null ? null : "NETRC") is not { } text)
            return null;
        return Netrc.Parse(text).EntryFor(endpoint.Address.Host) is { Password: { } password } entry
            ? HubToken.Parse(password, $"{file} ({(entry.Machine is { } machine ? $"machine {machine}" : "default")})")
            : null;
    }

    /// <summary>Reads a file that nobody asked for by an option: where it cannot be read, the next source is
    /// tried.</summary>
    private string? Read(string file, string? mustBeThere)
    {
        try
        {
            return File.ReadAllText(Expand(file));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (mustBeThere is not null)
                warning?.Invoke($"{mustBeThere} names {file}, which is not there (in a build: not in the sandbox)");
            return null;
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            warning?.Invoke($"no token was read from {file}: {exception.Message.TrimEnd('.')}");
            return null;
        }
    }

    private string Expand(string path) =>
        path.StartsWith("~/", StringComparison.Ordinal) ? UserFile(path[2..]) ?? path : path;

    private string? UserFile(string path) => environment["HOME"] is { } home ? Path.Combine(home, path) : null;
}
