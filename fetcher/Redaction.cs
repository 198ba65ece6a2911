namespace NixAiModels;

/// <summary>Keeps tokens out of what is printed, even where a server's message repeats them.</summary>
internal static class Redaction
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

    /// <summary>The text without what is hidden.</summary>
    internal static string Of(string text) =>
        _secrets.Aggregate(text, (all, secret) => all.Replace(secret, Hidden, StringComparison.Ordinal));
}
