using System.Text;

namespace NixAiModels.TestHub;

/// <summary>The second origin, which stands for the object store: signed locations, ranges, no credentials.</summary>
internal sealed class CdnOrigin(SignedLocations locations)
{
    public async Task Handle(Exchange exchange, string path, string query)
    {
        exchange.Record.On = "cdn";
        var file = locations.Find(path);
        if (file is not null)
        {
            exchange.Record.Repo = file.Repository.Key.ToString();
            exchange.Record.File = file.Entry.Path;
            exchange.RepositoryFaults = file.Repository.Settings.Faults;
        }
        if (await RequestFaults.Answered(exchange, revoke: () => locations.Revoke(file!)))
            return;

        // An object store takes one kind of credentials, and the signature is one (hf_transfer pull request 42).
        if (exchange.Request.Headers.Authorization.Count > 0)
            await Refuse(exchange, 400, "InvalidArgument", "Only one auth mechanism allowed");
        else if (file is null)
            await Refuse(exchange, 404, "NoSuchKey", "The specified key does not exist.");
        else if (locations.Objection(file, path, query) is { } objection)
            await Refuse(exchange, 403, "AccessDenied", objection);
        else
        {
            exchange.Response.Headers.ETag = $"\"{file.Entry.Sha256}\"";
            await FileBody.Serve(exchange, file.Entry, "application/octet-stream", asText: false);
        }
    }

    private static Task Refuse(Exchange exchange, int status, string code, string message) => exchange.Body(status, "application/xml",
        Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"));
}
