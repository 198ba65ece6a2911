using System.Text.Json;
using NixAiModels.TestHub.Xet;

namespace NixAiModels.TestHub;

/// <summary>The fourth origin, a registry of models as Ollama's: manifests, blobs on the CDN, and tokens for whoever
/// asks. It serves <c>ROOT/registry/NAMESPACE/MODEL/TAG/…</c>, where each file is a layer.</summary>
internal sealed class RegistryOrigin(HubFolder folder, SignedLocations locations, ReadTokens tokens, Func<Uri> cdn)
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const string ConfigType = "application/vnd.docker.container.image.v1+json";

    /// <summary>A file that is served in the place of a manifest.</summary>
    private const string Override = "manifest.json";

    /// <param name="exchange">The request.</param>
    /// <param name="path">Its raw path.</param>
    public async Task HandleAsync(Exchange exchange, string path)
    {
        var segments = path.TrimStart('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var (on, reference) = segments switch
        {
            ["v2", _, _, "manifests", var tag] => ("manifest", tag),
            ["v2", _, _, "blobs", var digest] => ("blob", digest),
            ["token"] => ("token", ""),
            _ => ("other", ""),
        };
        var repository = on is "manifest" or "blob"
            ? folder.Find(new RepositoryKey("registry", $"{segments[1]}/{segments[2]}"))
            : null;
        var blob = on == "blob" && repository is not null ? Blob(repository, reference) : null;
        exchange.Record.On = on;
        exchange.Record.Repo = repository?.Key.ToString();
        exchange.Record.File = blob?.Path;
        exchange.RepositoryFaults = repository?.Settings.Faults ?? [];
        if (await RequestFaults.AnsweredAsync(exchange, revoke: tokens.Revoke))
            return;
        if (on == "token")
            await TokenAsync(exchange);
        else if (repository is { Settings.Private: true } && tokens.RepositoryOf(exchange.Token) != $"{repository.Key}")
            await ChallengeAsync(exchange, repository);
        else if (on == "manifest" && repository?.At(reference) is { } snapshot)
            await ManifestAsync(exchange, snapshot);
        else if (blob is not null)
            await BlobAsync(exchange, repository!, blob);
        else
            await ErrorAsync(exchange, 404, on == "blob" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN");
    }

    private static Entry? Blob(Repository repository, string digest) =>
        repository
            .Branches.Select(repository.At)
            .SelectMany(snapshot => snapshot!.Entries.Values)
            .FirstOrDefault(entry => $"sha256:{entry.Sha256}" == digest);

    private async Task BlobAsync(Exchange exchange, Repository repository, Entry blob)
    {
        exchange.Response.Headers.Location = new Uri(cdn(), locations.Sign(repository, blob)).AbsoluteUri;
        await exchange.TextAsync(307, "Temporary Redirect");
    }

    private static async Task ManifestAsync(Exchange exchange, Snapshot snapshot)
    {
        var accepted = exchange.Request.Headers.Accept.ToString();
        var manifest = snapshot.Entries.TryGetValue(Override, out var given)
            ? await File.ReadAllBytesAsync(given.DiskFile!.FullName, exchange.Aborted)
            : Manifest(snapshot);
        if (accepted.Contains(ManifestType, StringComparison.Ordinal))
            // Ollama's registry does not say what it is (ollama issue 6470).
            await exchange.BodyAsync(200, "text/plain; charset=utf-8", manifest);
        else
            await ErrorAsync(exchange, 406, "MANIFEST_UNACCEPTABLE");
    }

    private static byte[] Manifest(Snapshot snapshot)
    {
        var files = snapshot.Entries.Values.Where(entry => entry.DiskFile is not null).ToArray();
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                schemaVersion = 2,
                mediaType = ManifestType,
                config = files.Where(file => file.Path == "config").Select(file => Layer(ConfigType, file)).Single(),
                layers = files
                    .Where(file => file.Path != "config")
                    .Select(file => Layer($"application/vnd.ollama.image.{file.Path.Split('-', '.')[0]}", file)),
            }
        );
    }

    private static object Layer(string type, Entry file) =>
        new
        {
            mediaType = type,
            digest = $"sha256:{file.Sha256}",
            size = file.Size,
        };

    private static Task ChallengeAsync(Exchange exchange, Repository repository)
    {
        var realm = $"{exchange.Request.Scheme}://{exchange.Request.Host}/token";
        exchange.Response.Headers.WWWAuthenticate =
            $"Bearer realm=\"{realm}\",service=\"registry, of tests\",scope=\"repository:{repository.Key}:pull\"";
        return ErrorAsync(exchange, 401, "UNAUTHORIZED");
    }

    private Task TokenAsync(Exchange exchange)
    {
        var scope = exchange.Request.Query["scope"].ToString().Split(':');
        return
            scope is ["repository", var repository, "pull"] && exchange.Request.Query["service"] == "registry, of tests"
            ? exchange.JsonAsync(
                JsonSerializer.SerializeToUtf8Bytes(new { token = tokens.Give(repository).Token, expires_in = 300 })
            )
            : ErrorAsync(exchange, 400, "UNSUPPORTED");
    }

    private static Task ErrorAsync(Exchange exchange, int status, string code) =>
        exchange.BodyAsync(
            status,
            "application/json; charset=utf-8",
            JsonSerializer.SerializeToUtf8Bytes(
                new { errors = new[] { new { code, message = code.ToUpperInvariant() } } }
            )
        );
}
