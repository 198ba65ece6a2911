using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Hub;

/// <summary>Clients with a small retry budget and an environment of their own.</summary>
internal static class Clients
{
    public static readonly RepositoryId Tiny = RepositoryId.Parse("acme/tiny");

    public static readonly RetryBudget Short = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(5),
        MaxDelay = TimeSpan.FromMilliseconds(20),
        ConnectTimeout = TimeSpan.FromSeconds(2),
        ResponseTimeout = TimeSpan.FromSeconds(10),
        RateLimit = TimeSpan.FromSeconds(4),
        ServerError = TimeSpan.FromMilliseconds(300),
        Connection = TimeSpan.FromMilliseconds(300),
        NameResolution = TimeSpan.FromMilliseconds(100),
    };

    public static EnvironmentVariables Variables(params (string Name, string Value)[] variables) =>
        new(name =>
            variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault()
        );

    /// <summary>A token that is meant for the public hub and for others that are named.</summary>
    public static HubToken Token(string value = "hf_secret", params string[] endpoints) =>
        HubToken.FromVariable("HF_TOKEN", value, TokenScope.Of(endpoints, Variables()))!;

    public static HubClient Open(string endpoint, string? token = null, HubOptions? options = null) =>
        new(HubEndpoint.Parse(endpoint), token is null ? null : Token(token, endpoint), options ?? Options());

    public static HubOptions Options(params (string Name, string Value)[] variables) =>
        new() { Variables = Variables(variables), Budget = Short };

    /// <summary>Any commit, for servers that answer whatever they are asked.</summary>
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>A regular file of a listing.</summary>
    public static HubFile File(string path, long size = 1) => new(path, size, GitBlobId.Parse(Commit));

    /// <summary>Lists a commit whose revision names no files.</summary>
    public static Task<IReadOnlyList<HubFile>> ListFilesAsync(
        this HubClient client,
        RepositoryId repository,
        string commit,
        CancellationToken cancellation
    ) => client.ListFilesAsync(new Revision(repository, CommitId.Parse(commit)), cancellation);

    /// <summary>The failure of a listing that must fail.</summary>
    public static async Task<HubFailure> FailingAsync(this HubClient client) =>
        (
            await FluentActions
                .Awaiting(() => client.ListFilesAsync(Tiny, Commit, TestContext.Current.CancellationToken))
                .Should()
                .ThrowAsync<HubFailure>()
        ).Which;

    public static async Task<byte[]> BytesAsync(IRemoteFile file, long? from = null, long? to = null)
    {
        var range = from is null ? null : new System.Net.Http.Headers.RangeHeaderValue(from, to);
        using var response = await file.GetAsync(range, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
