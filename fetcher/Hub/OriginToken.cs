using System.Net.Http.Headers;

namespace NixAiModels.Hub;

/// <summary>A token that a server gave out for another one: it goes to that one's origin and nowhere else. It appears
/// in no text.</summary>
internal sealed class OriginToken
{
    private readonly string _value;
    private readonly Uri _origin;

    /// <summary>Takes a token.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="origin">A URL of the server that it is for.</param>
    /// <exception cref="FormatException">It cannot be sent in a header.</exception>
    public OriginToken(string value, Uri origin)
    {
        if (value.Length == 0 || !value.All(c => c is > ' ' and <= '~'))
            throw new FormatException("invalid token");
        Redaction.Hide(value);
        (_value, _origin) = (value, origin);
    }

    /// <summary>The header of a request; <see langword="null"/> where the token may not go with it.</summary>
    public AuthenticationHeaderValue? HeaderFor(Uri url) =>
        HubUrl.SameOrigin(_origin, url) ? new AuthenticationHeaderValue("Bearer", _value) : null;

    /// <summary>Never the token.</summary>
    public override string ToString() => $"token for {HubUrl.Display(_origin)}";
}
