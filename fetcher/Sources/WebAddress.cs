using System.Collections.Frozen;
using System.Text;
using NixAiModels.Hub;
using NixAiModels.Paths;

namespace NixAiModels.Sources;

/// <summary>An address of a file on the web, as people paste it. <c>nixlib/webAddress.nix</c> has the same
/// rules.</summary>
public sealed record WebAddress
{
    /// <summary>The longest name of a file, in bytes (<c>NAME_MAX</c> of Linux and macOS).</summary>
    internal const int LongestName = 255;

    // The words of S3 and MinIO, Google, CloudFront, Azure, GitHub, civitai and other services.
    private static readonly FrozenSet<string> Credentials = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "access_token",
        "api-key",
        "api_key",
        "apikey",
        "auth",
        "auth_token",
        "authorization",
        "awsaccesskeyid",
        "jwt",
        "passwd",
        "password",
        "private_token",
        "secret",
        "sig",
        "signature",
        "token",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "x-goog-credential",
        "x-goog-signature"
    );

    // Those of services of one's own: upload_token, clientSecret, X-Plex-Token.
    private static readonly string[] CredentialEndings =
    [
        "apikey",
        "credential",
        "credentials",
        "passwd",
        "password",
        "secret",
        "signature",
        "token",
    ];

    private WebAddress(string text, bool hasCredential) => (Text, HasCredential) = (text, hasCredential);

    /// <summary>The address, exactly as it is requested.</summary>
    public string Text { get; }

    /// <summary>Whether its query has a signature, a token or a password.</summary>
    public bool HasCredential { get; }

    /// <summary>What a definition may say: the address, without a query that is secret.</summary>
    public string Public => HasCredential ? Text.Split('?')[0] : Text;

    /// <summary>The query without its secrets, which differ for the same file from one day to the next.</summary>
    public string Identity
    {
        get
        {
            var parts = Text.Split('?', 2);
            var kept = Pairs(parts).Where(pair => !IsSigning(pair));
            return string.Join('?', parts[0], string.Join('&', kept));
        }
    }

    /// <summary>The file's name, if the last part of the path tells one: a number or a verb
    /// (<c>…/download/models/12345</c>) does not.</summary>
    public string? Name
    {
        get
        {
            var last = Text.Split('?')[0].Split('/')[^1];
            var name = Decode(last);
            return name is not null && Text.Split('?')[0].Split('/').Length > 3 && IsName(name) ? name : null;
        }
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <exception cref="Failure">It is not one of a file on the web, or holds a password before the host (exit code
    /// 2).</exception>
    public static WebAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim().Split('#')[0];
        if (trimmed.Split('/') is [_, _, var authority, ..] && authority.Contains('@', StringComparison.Ordinal))
        {
            throw new Failure(
                ExitCode.Usage,
                "the address holds a user name or a password, which everybody could read in a definition",
                "put them into ~/.netrc: machine HOST login USER password PASSWORD"
            );
        }

        return
            trimmed.All(c => c is > ' ' and not ('"' or '\'' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'))
            && HubUrl.TryParse(trimmed) is { } url
            ? new WebAddress(url.Scheme + trimmed[url.Scheme.Length..], Pairs(trimmed.Split('?', 2)).Any(IsCredential))
            : throw new Failure(
                ExitCode.Usage,
                $"invalid address '{Printable.Escape(trimmed.Split('?')[0])}'",
                "use https://… or http://…, with spaces as %20"
            );
    }

    /// <summary>Refuses what cannot be a file's path in a model.</summary>
    /// <param name="path">The path that a user gave.</param>
    /// <exception cref="Failure">Exit code 2.</exception>
    public static void RequirePath(string path)
    {
        if (!RelativePath.IsNormal(path) || path.Split('/').Any(part => Encoding.UTF8.GetByteCount(part) > LongestName))
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid name '{Printable.Escape(path)}': not a file's path in a model",
                "onnx/model.onnx"
            );
        }
    }

    private static string[] Pairs(string[] parts) => parts.Length == 2 ? parts[1].Split('&', ';') : [];

    private static string WordOf(string pair) => pair.Split('=')[0];

    // A server decodes the word; one that is not text does not come from a server.
    private static bool IsCredential(string pair)
    {
        var word = Decode(WordOf(pair)) ?? "";
        return Credentials.Contains(word)
            || CredentialEndings.Any(end => word.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsSigning(string pair) =>
        IsCredential(pair)
        || WordOf(pair).StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
        || WordOf(pair).StartsWith("x-goog-", StringComparison.OrdinalIgnoreCase)
        || WordOf(pair) is "Expires" or "Key-Pair-Id" or "Policy" or "se" or "st";

    private static bool IsName(string name) =>
        RelativePath.IsNormal(name)
        && !name.Contains('/', StringComparison.Ordinal)
        && Encoding.UTF8.GetByteCount(name) <= LongestName
        && !name.Any(char.IsControl)
        && (HasExtension(name) || (name.Length >= 3 && name.All(char.IsAsciiLetterUpper)));

    private static bool HasExtension(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0
            && name[dot - 1] != '.'
            && dot + 1 < name.Length
            && char.IsAsciiLetter(name[dot + 1])
            && name[(dot + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }

    private static string? Decode(string text)
    {
        try
        {
            var bytes = new List<byte>();
            for (var i = 0; i < text.Length; i++)
            {
                if (Rune.TryGetRuneAt(text, i, out var rune) && rune.Value != '%')
                {
                    bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                    i += rune.Utf16SequenceLength - 1;
                }
                else if (i + 2 < text.Length && Convert.FromHexString(text[(i + 1)..(i + 3)]) is [not 0 and var one])
                {
                    bytes.Add(one);
                    i += 2;
                }
                else
                {
                    return null;
                }
            }

            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
