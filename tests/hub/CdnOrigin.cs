using System.Text;

namespace NixAiModels.TestHub;

/// <summary>The second origin, the object store: signed locations, ranges, no credentials.</summary>
internal sealed class CdnOrigin(SignedLocations locations)
{
    public async Task HandleAsync(Exchange exchange, string path, string query)
    {
        exchange.Record.On = "cdn";
        var file = locations.Find(path);
        if (file is not null)
        {
            exchange.Record.Repo = file.Repository.Key.ToString();
            exchange.Record.File = file.Entry.Path;
            exchange.RepositoryFaults = file.Repository.Settings.Faults;
        }
        if (await RequestFaults.AnsweredAsync(exchange, revoke: () => locations.Revoke(file!)))
            return;

        // An object store accepts one kind of credentials, and the signature is one (hf_transfer pull request 42).
        if (exchange.Request.Headers.Authorization.Count > 0)
        {
            await RefuseAsync(exchange, 400, "InvalidArgument", "Only one auth mechanism allowed");
        }
        else if (file is null)
        {
            await RefuseAsync(exchange, 404, "NoSuchKey", "The specified key does not exist.");
        }
        else if (locations.Objection(file, path, query) is { } objection)
        {
            await RefuseAsync(exchange, 403, "AccessDenied", objection);
        }
        else
        {
            exchange.Response.Headers.ETag = $"\"{file.Entry.Sha256}\"";
            await FileBody.ServeAsync(exchange, file.Entry, "application/octet-stream", asText: false);
        }
    }

    private static Task RefuseAsync(Exchange exchange, int status, string code, string message) =>
        exchange.BodyAsync(
            status,
            "application/xml",
            Encoding.UTF8.GetBytes(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                    + $"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            )
        );
}
