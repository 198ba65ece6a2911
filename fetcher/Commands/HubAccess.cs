using System.CommandLine;
using System.Globalization;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary>The options of every command that downloads: which hub, which token, how fast.</summary>
internal static class HubAccess
{
    public static readonly Option<string?> Endpoint = new("--endpoint")
    {
        Description = "The hub. Default: $HF_ENDPOINT, else https://huggingface.co.",
        HelpName = "URL",
    };
    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "Read the token from this file. Default: HF_TOKEN, then where hf looks.",
        HelpName = "FILE",
    };
    public static readonly Option<string[]> From = new("--from")
    {
        Description =
            "A folder whose files are taken in place of a download where size and hash are right, besides the Hugging "
            + "Face cache. May be repeated.",
        HelpName = "DIR",
        AllowMultipleArgumentsPerToken = false,
    };
    public static readonly Option<int?> Connections = new("--connections")
    {
        Description = "Requests at once, 1 to 256. Default: as many as make it faster.",
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, CultureInfo.InvariantCulture, out var number))
                return number;
            result.AddError($"invalid number of connections '{Printable.Escape(text)}': use 1 to 256");
            return null;
        },
    };
    public static readonly Option<string?> LimitRate = new("--limit-rate")
    {
        Description = "Bytes per second over all connections, such as 10M.",
        HelpName = "RATE",
    };
    public static readonly Option<string?> Transport = new Option<string?>("--transport")
    {
        Description =
            "How large files come: plain (whole), xet (chunks), auto (chunks where an older version is on this machine "
            + "or the plain way is refused). Default: auto.",
    }.OneOf("auto", "plain", "xet");
    public static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "Print the result, warnings and errors, and nothing else.",
    };

    /// <summary>Adds those of a command that asks the hub.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[Endpoint, TokenFile, Quiet])
            command.Options.Add(option);
    }

    /// <summary>Adds those of a command that downloads.</summary>
    public static void AddDownloadsTo(Command command)
    {
        foreach (var option in (Option[])[From, Connections, LimitRate, Transport])
            command.Options.Add(option);
        AddTo(command);
    }

    /// <summary>Opens a hub.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="given">The hub that an entry or an address names; else that of the command line.</param>
    /// <param name="findType">Whether a repository may be of another type than a model.</param>
    /// <exception cref="Failure">An option is invalid (exit code 2).</exception>
    public static HubSession OpenHub(ParseResult parsed, string? given, bool findType = false)
    {
        Log.IsQuiet = parsed.GetValue(Quiet);
        var endpoint = HubEndpoint.Choose(given ?? parsed.GetValue(Endpoint));
        var scope = TokenScope.Of([parsed.GetValue(Endpoint)]);
        var token = HubToken.Find(endpoint, scope, parsed.GetValue(TokenFile), Log.Warning);
        return new HubSession(endpoint, token, TransferOf(parsed), findType: findType);
    }

    /// <summary>How bytes are moved.</summary>
    /// <exception cref="Failure">An option is invalid (exit code 2).</exception>
    public static TransferOptions TransferOf(ParseResult parsed) =>
        TransferOptions.Of(parsed.GetValue(Connections), parsed.GetValue(LimitRate), parsed.GetValue(Transport));

    /// <summary>Files of other sources than the hub, into the store where there is a Nix.</summary>
    /// <exception cref="Failure">An option is invalid (exit code 2).</exception>
    public static FileEntries FilesOf(ParseResult parsed)
    {
        Log.IsQuiet = parsed.GetValue(Quiet);
        return new FileEntries(TransferOf(parsed), new NixCommand() is { IsInstalled: true } nix ? nix : null);
    }

    /// <summary>Opens a hub for downloads into the store, where there is a Nix.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="given">As for <see cref="OpenHub"/>.</param>
    /// <param name="findType">As for <see cref="OpenHub"/>.</param>
    public static SnapshotDelivery Open(ParseResult parsed, string? given, bool findType = false)
    {
        var nix = new NixCommand();
        return new SnapshotDelivery(OpenHub(parsed, given, findType), nix)
        {
            ToStore = nix.IsInstalled,
            Local = LocalFiles.OfUser(parsed.GetValue(From) ?? []),
        };
    }
}
