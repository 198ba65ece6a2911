namespace NixAiModels.Hub;

/// <summary>The <c>Link</c> header of a paginated response (RFC 8288).</summary>
internal static class LinkHeader
{
    /// <summary>The reference whose relation is <c>next</c>; <see langword="null"/> on the last page.</summary>
    public static string? Next(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Link", out var values)
            ? values.Select(Next).FirstOrDefault(link => link is not null)
            : null;

    private static string? Next(string header)
    {
        var start = header.IndexOf('<', StringComparison.Ordinal);
        while (start >= 0)
        {
            var end = header.IndexOf('>', start);
            if (end < 0)
                return null;
            var nextLink = header.IndexOf('<', end);
            var parameters = header[end..(nextLink < 0 ? header.Length : nextLink)].Split(';', ',');
            if (parameters.Any(IsNext))
                return header[(start + 1)..end];
            start = nextLink;
        }

        return null;
    }

    private static bool IsNext(string parameter)
    {
        var parts = parameter.Split('=', 2, StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && parts[0].Equals("rel", StringComparison.OrdinalIgnoreCase)
            && parts[1].Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);
    }
}
