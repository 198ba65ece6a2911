using System.Text.RegularExpressions;

namespace NixAiModels;

/// <summary>Keeps tokens out of what is printed, even where a server's message repeats them.</summary>
internal static partial class Redaction
{
    private const string Hidden = "[token]";
    private static readonly Lock Gate = new();
    private static string[] _secrets = [];

    /// <summary>Hides a text from now on, also where it is percent-encoded.</summary>
    internal static void Hide(string secret)
    {
        lock (Gate)
            _secrets = [.. _secrets.Union([secret, Uri.EscapeDataString(secret)])];
    }

    /// <summary>A text that may be a mistyped address, without the user name, the password and the query that it may
    /// hold.</summary>
    internal static string InAddress(string text) =>
        Address().Match(text) is { Success: true } address
            ? address.Groups["scheme"].Value
                + (address.Groups["user"].Success ? "…@" : "")
                + address.Groups["rest"].Value
                + (address.Groups["query"].Success ? "?…" : "")
            : text;

    /// <summary>The text without what is hidden.</summary>
    internal static string Of(string text) =>
        _secrets.Aggregate(text, (all, secret) => all.Replace(secret, Hidden, StringComparison.Ordinal));

    // As loosely as people mistype: one slash, backslashes, a password with slashes in it. hf://ORG/NAME@REVISION is no
    // address.
    [GeneratedRegex(
        @"\A(?!hf:)(?<scheme>[^/\\@?#:]+:[/\\]*)(?<user>.*@)?(?<rest>[^?#]*)(?<query>[?#].*)?\z",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Address();
}
