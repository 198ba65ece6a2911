namespace NixAiModels.Hub;

/// <summary>A netrc file: passwords by host (the format is described in GNU inetutils' manual, "The .netrc file", and
/// in curl's netrc.c).</summary>
internal sealed class Netrc
{
    private readonly List<Entry> _entries = [];

    /// <summary>Reads a file's text; unknown words are skipped, as other programs do.</summary>
    public static Netrc Parse(string text)
    {
        var netrc = new Netrc();
        var tokens = new NetrcTokenizer(text);
        Entry? entry = null;
        while (tokens.Next() is { } word)
        {
            switch (word)
            {
                case "machine" or "default":
                    if (entry is not null)
                        netrc._entries.Add(entry);
                    entry = new Entry(word == "default" ? "" : tokens.Next() ?? "", null, null);
                    break;
                case "password":
                    var password = tokens.Next();
                    if (entry is not null)
                        entry = entry with { Password = password };
                    break;
                case "login":
                    var login = tokens.Next();
                    if (entry is not null)
                        entry = entry with { Login = login };
                    break;
                case "account":
                    tokens.Next();
                    break;
                case "macdef":
                    tokens.SkipMacro();
                    break;
            }
        }

        if (entry is not null)
            netrc._entries.Add(entry);
        return netrc;
    }

    /// <summary>The first entry of a host; <see langword="null"/> where there is none. The default entry, which other
    /// programs send to every host, counts for none.</summary>
    public Entry? EntryFor(string host) =>
        _entries.Find(entry => entry.Machine.Equals(host, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the file holds for a machine.</summary>
    /// <param name="Machine">The host; empty for the default entry.</param>
    /// <param name="Login">The user name, if the entry has one.</param>
    /// <param name="Password">The password, if the entry has one.</param>
    public sealed record Entry(string Machine, string? Login, string? Password);
}
