using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace NixAiModels.TestHub.Xet;

/// <summary>The tokens that the hub gives out for the content-addressed store.</summary>
internal sealed class ReadTokens(TimeSpan lifetime)
{
    private readonly ConcurrentDictionary<string, (string Repository, DateTimeOffset Expires)> _tokens = new();

    /// <summary>Makes a token, and tells when it expires.</summary>
    public (string Token, long Expires) Give(string repository)
    {
        var token = "xet_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var expires = DateTimeOffset.UtcNow.Add(lifetime);
        _tokens[token] = (repository, expires);
        return (token, expires.ToUnixTimeSeconds());
    }

    /// <summary>The repository that a token is for; null if it is unknown or has expired.</summary>
    public string? RepositoryOf(string? token) =>
        token is not null && _tokens.TryGetValue(token, out var known) && known.Expires > DateTimeOffset.UtcNow
            ? known.Repository
            : null;

    /// <summary>Lets all tokens so far expire.</summary>
    public void Revoke() => _tokens.Clear();
}
