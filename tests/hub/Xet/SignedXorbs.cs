using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace NixAiModels.TestHub.Xet;

/// <summary>Makes and checks the addresses of xorbs: the byte ranges that may be read are signed.</summary>
internal sealed class SignedXorbs(TimeSpan lifetime)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private long _serial;
    private long _validFrom;

    /// <summary>The address of ranges of a xorb, below the CDN.</summary>
    /// <param name="xorb">The xorb.</param>
    /// <param name="ranges">The byte ranges, as a Range header has them.</param>
    /// <param name="repository">On whose behalf, for the record.</param>
    /// <param name="file">Of which file, for the record.</param>
    public string Sign(Xorb xorb, string ranges, string repository, string file)
    {
        var expires = DateTimeOffset.UtcNow.Add(lifetime).ToUnixTimeMilliseconds();
        var serial = Interlocked.Increment(ref _serial);
        return $"/xorbs/default/{xorb.Hash}?X-Xet-Signed-Range={Uri.EscapeDataString(ranges)}&Expires={expires}"
            + $"&Serial={serial}&Repo={Uri.EscapeDataString(repository)}&File={Uri.EscapeDataString(file)}"
            + $"&Signature={Signature(xorb.Hash, ranges, expires, serial)}";
    }

    /// <summary>Lets all addresses so far expire.</summary>
    public void Revoke() => _validFrom = Interlocked.Read(ref _serial) + 1;

    /// <summary>Null if the bytes may be read, else the CDN's error.</summary>
    /// <param name="hash">The xorb.</param>
    /// <param name="query">The query of the address.</param>
    /// <param name="range">The Range header.</param>
    public string? Objection(string hash, string query, string range)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        var ranges = parameters.GetValueOrDefault("X-Xet-Signed-Range").ToString();
        if (
            !long.TryParse(parameters.GetValueOrDefault("Expires"), CultureInfo.InvariantCulture, out var expires)
            || !long.TryParse(parameters.GetValueOrDefault("Serial"), CultureInfo.InvariantCulture, out var serial)
            || parameters.GetValueOrDefault("Signature") != Signature(hash, ranges, expires, serial)
        )
        {
            return "SignatureDoesNotMatch";
        }

        if (expires < DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() || serial < _validFrom)
            return "Request has expired";
        var one = range.Replace("bytes=", "", StringComparison.Ordinal);
        return range == ranges || ranges[6..].Split(',').Contains(one) ? null : "Range is not signed";
    }

    private string Signature(string hash, string ranges, long expires, long serial) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{hash} {ranges} {expires} {serial}"))
        );
}
