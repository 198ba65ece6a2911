using System.Globalization;
using NixAiModels.Hub;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Commands;

/// <summary>What every command that talks to the hub sets up alike: token, certificates, connections.</summary>
internal static class HubConnection
{
    /// <summary>Opens a client of the hub with the token that belongs to it.</summary>
    public static HubClient Open(
        HubEndpoint endpoint,
        string? tokenFile,
        string? caBundle,
        TransferOptions transfer,
        Warnings troubles,
        string? tokenVariable = null
    )
    {
        var token = HubToken.Find(endpoint, tokenFile, Log.Warning, variable: tokenVariable);
        return new HubClient(
            endpoint,
            token,
            new HubOptions
            {
                Connections = transfer.Connections,
                CaBundle = caBundle,
                Notice = troubles.Add,
            }
        );
    }

    /// <summary>How bytes are moved, as the user asked.</summary>
    /// <exception cref="Failure">Exit code 2: a number that makes no sense.</exception>
    public static TransferOptions Transfer(int? connections, string? limit)
    {
        var options = new TransferOptions();
        if (connections is < 1 or > 256)
        {
            throw new Failure(
                ExitCode.Usage,
                $"{connections} connections make no sense",
                "take 1 to 256; 32 is the default"
            );
        }

        return options with
        {
            Connections = connections ?? options.Connections,
            BandwidthLimit = limit is null ? null : Rate(limit),
        };
    }

    private static long Rate(string text)
    {
        var unit = text.TrimEnd('B', 'b').LastOrDefault() switch
        {
            'k' or 'K' => 1e3,
            'm' or 'M' => 1e6,
            'g' or 'G' => 1e9,
            _ => 1,
        };
        var digits = text.TrimEnd('B', 'b').TrimEnd('k', 'K', 'm', 'M', 'g', 'G');
        return
            double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit >= 1
            ? (long)(number * unit)
            : throw new Failure(
                ExitCode.Usage,
                $"'{text}' is no rate in bytes per second",
                "write it like 500K, 10M or 1.5G"
            );
    }
}
