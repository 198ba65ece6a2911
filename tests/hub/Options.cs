using System.Globalization;

namespace NixAiModels.TestHub;

/// <summary>The command line.</summary>
internal sealed class Options
{
    public string Root { get; private set; } = "";
    public int Port { get; private set; }
    public int CdnPort { get; private set; }
    public int PlainPort { get; private set; }

    /// <summary>The path under which the hub is served: empty, or "/hf".</summary>
    public string Prefix { get; private set; } = "";

    /// <summary>Where to write the certificate authority; its presence turns HTTPS on.</summary>
    public string? CertificateAuthorityFile { get; private set; }

    public string? RecordFile { get; private set; }

    /// <summary>Entries in one page of a tree listing.</summary>
    public int PageSize { get; private set; } = 1000;

    /// <summary>How long a signed location of the CDN is valid.</summary>
    public TimeSpan Expires { get; private set; } = TimeSpan.FromHours(1);

    /// <summary>How many API requests are answered per window; zero for no limit.</summary>
    public int RateLimit { get; private set; }
    public TimeSpan RateWindow { get; private set; }

    public bool ResolveCache { get; private set; }
    public bool WeakEtags { get; private set; }
    public bool Xet { get; private set; }
    public int CasPort { get; private set; }

    /// <summary>How long a token of the registry is valid.</summary>
    public TimeSpan RegistryTokenExpires { get; private set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a token of the content-addressed store is valid.</summary>
    public TimeSpan XetTokenExpires { get; private set; } = TimeSpan.FromHours(1);

    /// <summary>The size from which on a xorb takes no more chunks.</summary>
    public int XorbSize { get; private set; } = 60 << 20;
    public bool UntilStdinCloses { get; private set; }
    public List<Fault> Faults { get; } = [];

    /// <summary>Tokens of accounts, besides those of the repositories.</summary>
    public HashSet<string> Tokens { get; } = [];

    /// <exception cref="FormatException">An option is unknown, or its value is missing or invalid.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var name))
        {
            options.Set(
                name,
                () => rest.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value")
            );
        }

        if (!Directory.Exists(options.Root))
            throw new FormatException($"--root: no such folder: {options.Root}");
        return options;
    }

    private void Set(string name, Func<string> value)
    {
        switch (name)
        {
            case "--root":
                Root = Path.GetFullPath(value());
                break;
            case "--port":
                Port = Number(value());
                break;
            case "--cdn-port":
                CdnPort = Number(value());
                break;
            case "--plain-port":
                PlainPort = Number(value());
                break;
            case "--prefix":
                Prefix = "/" + value().Trim('/');
                break;
            case "--https":
                CertificateAuthorityFile = Path.GetFullPath(value());
                break;
            case "--record":
                RecordFile = Path.GetFullPath(value());
                break;
            case "--page-size":
                PageSize = Number(value());
                break;
            case "--expires":
                Expires = TimeSpan.FromSeconds(Number(value()));
                break;
            case "--rate-limit":
                var parts = value().Split('/');
                RateLimit = Number(parts[0]);
                RateWindow = TimeSpan.FromSeconds(parts.Length > 1 ? Number(parts[1]) : 300);
                break;
            case "--resolve-cache":
                ResolveCache = true;
                break;
            case "--weak-etags":
                WeakEtags = true;
                break;
            case "--xet":
                Xet = true;
                break;
            case "--registry-token-expires":
                RegistryTokenExpires = TimeSpan.FromSeconds(Number(value()));
                break;
            case "--cas-port":
                CasPort = Number(value());
                break;
            case "--xet-token-expires":
                XetTokenExpires = TimeSpan.FromSeconds(Number(value()));
                break;
            case "--xorb-size":
                XorbSize = Number(value());
                break;
            case "--until-stdin-closes":
                UntilStdinCloses = true;
                break;
            case "--fault":
                Faults.Add(Fault.Parse(value()));
                break;
            case "--token":
                Tokens.Add(value());
                break;
            default:
                throw new FormatException($"unknown option {name}; see --help");
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"invalid number '{text}'");
}
