namespace NixAiModels.Hub;

/// <summary>A netrc file: passwords by host (the format is described in GNU inetutils' manual, "The .netrc file", and
/// curl's netrc.c).</summary>
internal sealed class Netrc
{
    private readonly List<(string? Host, string? Password)> _entries = [];

    /// <summary>Reads a file's text; what cannot be understood is passed over, as other programs do.</summary>
    public static Netrc Parse(string text)
    {
        var netrc = new Netrc();
        var tokens = new NetrcTokenizer(text);
        (string? Host, string? Password)? entry = null;
        while (tokens.Next() is { } word)
        {
            switch (word)
            {
                case "machine" or "default":
                    if (entry is { } done)
                        netrc._entries.Add(done);
                    entry = (word == "default" ? null : tokens.Next(), null);
                    break;
                case "password":
                    var password = tokens.Next();
                    if (entry is { } open)
                        entry = (open.Host, password);
                    break;
                case "login" or "account":
                    tokens.Next();
                    break;
                case "macdef":
                    tokens.SkipMacro();
                    break;
            }
        }

        if (entry is { } last)
            netrc._entries.Add(last);
        return netrc;
    }

    /// <summary>The password of the first entry of a host, else of the default entry; <see langword="null"/> where
    /// there is none.</summary>
    public string? PasswordFor(string host)
    {
        foreach (var (machine, password) in _entries)
        {
            // "default" ends the list: what comes after it is not looked at.
            if (machine is null || string.Equals(machine, host, StringComparison.OrdinalIgnoreCase))
                return password;
        }

        return null;
    }
}
