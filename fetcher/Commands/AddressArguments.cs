using System.CommandLine;
using NixAiModels.Sources;
using static NixAiModels.Commands.HubAccess;
using static NixAiModels.Commands.RepositoryOptions;

namespace NixAiModels.Commands;

/// <summary>Addresses of files of the web in the place of a repository: <c>https://…</c>, or with the file's path in
/// the model <c>onnx/model.onnx=https://…</c>.</summary>
internal static class AddressArguments
{
    // They choose among the files of a repository, or a way to them.
    private static readonly Option[] OfRepositories =
    [
        Rev,
        RepoType,
        Include,
        Exclude,
        Files,
        Mmproj,
        Strict,
        From,
        Transport,
        Endpoint,
    ];

    /// <summary>The addresses of the command line; <see langword="null"/> where it names a repository.</summary>
    /// <exception cref="Failure">There are addresses and repositories, or options without a meaning for addresses (exit
    /// code 2).</exception>
    public static IReadOnlyList<(string? Name, WebAddress Address)>? Of(ParseResult parsed)
    {
        var words = (parsed.GetValue(Repo) ?? []).Select(Split).ToArray();
        var endpoint = parsed.GetValue(Endpoint);
        var plain = words.Count(word => word.Name is not null || PlainAddress.Is(word.Address, endpoint));
        if (plain == 0)
            return null;
        if (plain < words.Length)
        {
            throw new Failure(
                ExitCode.Usage,
                "files of the web and a repository are not one model",
                "pin them one at a time"
            );
        }

        parsed.RefuseWith("an address", OfRepositories);
        return [.. words.Select(word => (word.Name, WebAddress.Parse(word.Address)))];
    }

    private static (string? Name, string Address) Split(string word)
    {
        var at = ((string[])["=https://", "=http://"])
            .Select(start => word.IndexOf(start, StringComparison.OrdinalIgnoreCase))
            .Where(index => index > 0)
            .DefaultIfEmpty(-1)
            .Min();
        if (at < 0 || word[..at].Contains("://", StringComparison.Ordinal))
            return (null, word);
        var name = word[..at];
        WebAddress.RequirePath(name);
        return (name, word[(at + 1)..]);
    }
}
