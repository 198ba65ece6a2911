using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace NixAiModels.TestHub;

/// <summary>A file of the CDN.</summary>
internal sealed record CdnObject(Repository Repository, Entry Entry)
{
    /// <summary>Locations with a lower serial number have expired.</summary>
    public long ValidFrom { get; set; }
}

/// <summary>Makes and checks the CDN's locations: path, expiry and serial number, signed.</summary>
internal sealed class SignedLocations(TimeSpan lifetime)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, CdnObject> _objects = new();
    private long _serial;

    /// <summary>A location's path and query. Another one for the same file has the same path and a new
    /// signature.</summary>
    public string Sign(Repository repository, Entry entry)
    {
        var folder = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{repository.Key} {entry.Path}"))
        )[..16];
        var path = $"/repos/{folder}/{entry.Sha256}";
        var validFrom = _objects.TryGetValue(path, out var before) ? before.ValidFrom : 0;
        _objects[path] = new CdnObject(repository, entry) { ValidFrom = validFrom };

        var expires = DateTimeOffset.UtcNow.Add(lifetime).ToUnixTimeMilliseconds();
        var serial = Interlocked.Increment(ref _serial);
        var disposition = Uri.EscapeDataString(
            $"inline; filename*=UTF-8''{Uri.EscapeDataString(entry.Path.Split('/')[^1])}"
        );
        return $"{path}?response-content-disposition={disposition}&Expires={expires}&Serial={serial}"
            + $"&Signature={Signature(path, expires, serial)}";
    }

    public CdnObject? Find(string path) => _objects.GetValueOrDefault(path);

    /// <summary>Expires all locations of this object so far.</summary>
    public void Revoke(CdnObject file) => file.ValidFrom = Interlocked.Read(ref _serial) + 1;

    /// <summary>Null if the location is valid, else the CDN's error.</summary>
    public string? Objection(CdnObject file, string path, string query)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        if (
            !long.TryParse(parameters.GetValueOrDefault("Expires"), CultureInfo.InvariantCulture, out var expires)
            || !long.TryParse(parameters.GetValueOrDefault("Serial"), CultureInfo.InvariantCulture, out var serial)
            || parameters.GetValueOrDefault("Signature") != Signature(path, expires, serial)
        )
        {
            return "SignatureDoesNotMatch";
        }

        return expires < DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() || serial < file.ValidFrom
            ? "Request has expired"
            : null;
    }

    private string Signature(string path, long expires, long serial) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path} {expires} {serial}")));
}
